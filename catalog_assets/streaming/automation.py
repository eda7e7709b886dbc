"""What of streaming runs when, without being asked: by UTC's clock, and by what is older than its time to live."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import dagster as dg

from catalog_assets.automation import UNFINISHED
from catalog_assets.jobs import AVAILABILITY, COMING_SOON, REFERENCE, TMDB_INGEST, TRENDING, streaming_jobs
from catalog_assets.tmdb.automation import DUE_FOR
from resources.dagster_resources import SourceDatabase
from resources.settings import Settings, load_settings
from resources.statements import statement

JOBS = (REFERENCE, TRENDING, AVAILABILITY, COMING_SOON)
"""In the order in which a new platform takes them: ids and services first, for the others use them."""

ASKING = {"tmdb_trending_pages", "trending_pages", "id_mappings", "providers", "watchmode_pages", "coming_soon_pages"}
"""The assets that ask a service."""

PAUSE = timedelta(minutes=30)
"""Between two runs of one job that the sensor asks for: what failed is not asked for every minute."""

OFF = "No service is on: set TMDB_API_KEY or WATCHMODE_API_KEY."
_SENSOR_TAG = "dagster/sensor_name"


def streaming_automation() -> tuple[list[dg.ScheduleDefinition], list[dg.SensorDefinition]]:
    """The schedules and the sensor of streaming, all on by default."""
    return SCHEDULES, [stale_streaming]


def asked_assets(job: str, settings: Settings) -> list[dg.AssetKey]:
    """What a job materialises with the services that are on; empty: it has nothing to do.

    Raises:
        SettingsError: a service's credentials cannot be used.
    """
    tmdb, watchmode, trakt = (each is not None for each in (settings.tmdb, settings.watchmode, settings.trakt))
    asked = {
        TRENDING: (
            ("streaming/tmdb_trending_pages", tmdb),
            ("streaming/trending_entries", tmdb),
            ("trakt/trending_pages", trakt),
            ("trakt/trending_entries", trakt),
        ),
        REFERENCE: (("streaming/id_mappings", watchmode), ("streaming/providers", tmdb or watchmode)),
        AVAILABILITY: (("streaming/watchmode_pages", watchmode), ("streaming/availability", tmdb or watchmode)),
        COMING_SOON: (
            ("streaming/coming_soon_pages", tmdb or watchmode),
            ("streaming/coming_soon", tmdb or watchmode),
        ),
    }
    return [dg.AssetKey.from_user_string(key) for key, is_on in asked[job] if is_on]


def forced(keys: Sequence[dg.AssetKey]) -> dict[str, dict[str, bool]]:
    """Configuration, by step, that makes those of these assets that ask a service ask whatever is stored."""
    return {"__".join(key.path): {"force": True} for key in keys if key.path[-1] in ASKING}


def partition_of(job: str, at: datetime) -> str:
    """The hour or the day, UTC, that a run at a time is for."""
    return at.astimezone(UTC).strftime("%Y-%m-%d-%H:00" if job == TRENDING else "%Y-%m-%d")


def _schedule(name: str, job: str, cron: str, description: str) -> dg.ScheduleDefinition:
    @dg.schedule(
        name=name,
        job_name=job,
        cron_schedule=cron,
        execution_timezone="UTC",
        description=description,
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def scheduled(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        at = context.scheduled_execution_time
        keys = asked_assets(job, load_settings())
        if not keys:
            return dg.SkipReason(OFF)
        partition = partition_of(job, at)
        run_key = f"{job} {partition} {at.isoformat()}"
        return dg.RunRequest(run_key=run_key, partition_key=partition, asset_selection=keys)

    return scheduled


SCHEDULES = [
    _schedule("trending_hourly", TRENDING, "2 * * * *", "What is trending, every hour."),
    _schedule(
        "availability_hourly",
        AVAILABILITY,
        "20 * * * *",
        "Offers, every hour: a day's units of Watchmode's are spread over it.",
    ),
    _schedule("reference_daily", REFERENCE, "40 0 * * *", "Watchmode's ids and what services there are, daily."),
    _schedule(
        "coming_soon_daily",
        COMING_SOON,
        "50 0 * * *",
        "What is about to come, daily at 00:50: what came yesterday is no longer in it.",
    ),
]
"""All on by default, by UTC's clock."""


@dg.sensor(
    jobs=streaming_jobs,
    minimum_interval_seconds=60,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def stale_streaming(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult | dg.SkipReason:
    """What is past its time to live, after an outage or on a new platform: one job at a time."""
    settings = load_settings()
    on = {job: keys for job in JOBS if (keys := asked_assets(job, settings))}
    if not on:
        return dg.SkipReason(OFF)
    with source.database() as database, database.connection() as connection:
        access = {"tmdb": settings.tmdb, "watchmode": settings.watchmode, "trakt": settings.trakt}
        services = {name: each is not None for name, each in access.items()}
        stale = {row[0] for row in connection.execute(statement("streaming/list_stale"), services).fetchall()}
        kept, _, now = connection.execute(statement("tmdb/count_overdue"), {"due_for": DUE_FOR}).fetchall()[0]
    waiting = [job for job in on if job in stale]
    if not waiting:
        return dg.SkipReason("Nothing is past its time to live.")
    if _any(context.instance, waiting=JOBS, filters={"statuses": UNFINISHED}):
        return dg.SkipReason("A run of streaming is queued or in progress.")
    if settings.tmdb is not None and not kept and not _tried(context.instance, TMDB_INGEST):
        return dg.SkipReason("TMDB's first titles come first.")
    own = {"tags": {_SENSOR_TAG: context.sensor_name}, "created_after": now - PAUSE}
    asked = next((job for job in waiting if not _any(context.instance, waiting=[job], filters=own)), None)
    if asked is None:
        return dg.SkipReason("What is stale was asked for less than half an hour ago.")
    request = dg.RunRequest(
        job_name=asked,
        run_key=f"{asked} at {now.isoformat()}",
        partition_key=partition_of(asked, now),
        asset_selection=on[asked],
    )
    return dg.SensorResult(run_requests=[request])


def _tried(instance: dg.DagsterInstance, job: str) -> bool:
    """Whether the newest run of a job is over, in whatever way."""
    records = instance.get_run_records(dg.RunsFilter(job_name=job), limit=1)
    return bool(records) and records[0].dagster_run.is_finished


def _any(instance: dg.DagsterInstance, *, waiting: Sequence[str], filters: dict[str, object]) -> bool:
    return any(instance.get_run_records(dg.RunsFilter(job_name=job, **filters), limit=1) for job in waiting)  # type: ignore[arg-type]
