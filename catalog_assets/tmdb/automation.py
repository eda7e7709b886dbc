"""What of TMDB runs when, without being asked: by the clock of the zone that its owners named, and by what is due."""

from datetime import UTC, date, datetime, timedelta

import dagster as dg

from catalog_assets.automation import UNFINISHED
from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES, tmdb_keys
from catalog_assets.partitions import tmdb_days
from resources.dagster_resources import SourceDatabase
from resources.settings import load_settings
from resources.statements import statement

PACIFIC = "America/Los_Angeles"
"""The zone of both schedules, by name: 02:00 there is 09:00 or 10:00 UTC, as the season has it."""

NEW_A_WEEK = 50
"""New films a week, and at first (requirements: TMDB, "Schedules"), and as many series."""

DUE_FOR = timedelta(minutes=30)
"""How long a title may be due before the sensor asks; the schedules come first."""

PAUSE = timedelta(minutes=30)
"""Between two runs that the sensor asks for."""

OFF = "TMDB is off: TMDB_API_KEY is not set."
_SENSOR_TAG = "dagster/sensor_name"
_FIRST_TAG = "dagster/asset_partition_range_start"
_LAST_TAG = "dagster/asset_partition_range_end"
_DUE = tmdb_keys("title_details", *TMDB_TABLES)


def tmdb_automation() -> tuple[list[dg.ScheduleDefinition], list[dg.SensorDefinition]]:
    """The schedules and sensors of TMDB, all on by default."""
    return [ingest_weekly, refresh_daily], [first_films, due_films]


@dg.schedule(
    job_name=TMDB_INGEST,
    cron_schedule="0 2 * * 0",
    execution_timezone=PACIFIC,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def ingest_weekly(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    """New films and series from the lists on Sundays at 02:00."""
    if load_settings().tmdb is None:
        return dg.SkipReason(OFF)
    day = _utc_day(context.scheduled_execution_time)
    return _ingest(day, "mixed_weekly", run_key=f"ingest {day}")


@dg.schedule(
    job_name=TMDB_REFRESH,
    cron_schedule="0 3 * * *",
    execution_timezone=PACIFIC,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def refresh_daily(context: dg.ScheduleEvaluationContext, source: SourceDatabase) -> dg.RunRequest | dg.SkipReason:
    """The feed of changes from its oldest unread day to today, and whatever is due, every day at 03:00.

    A day that was read before its end is read again; one that failed is made up for on the next.
    """
    if load_settings().tmdb is None:
        return dg.SkipReason(OFF)
    today = _utc_day(context.scheduled_execution_time)
    with source.database() as database, database.connection() as connection:
        unread = connection.execute(statement("tmdb/oldest_unread_day"), {"today": today})
        first = unread.fetchall()[0][0]
    if first is None:
        return dg.SkipReason("No film or series is kept yet: run the job tmdb_ingest.")
    days = {_FIRST_TAG: max(first, tmdb_days.start.date()).isoformat(), _LAST_TAG: today.isoformat()}
    return dg.RunRequest(run_key=f"refresh {today}", tags=days)


@dg.sensor(job_name=TMDB_INGEST, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def first_films(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult | dg.SkipReason:
    """The first films and series, where none is kept yet: a newcomer need not wait for Sunday."""
    if load_settings().tmdb is None:
        return dg.SkipReason(OFF)
    with source.database() as database, database.connection() as connection:
        kept, _, now = connection.execute(statement("tmdb/count_overdue"), {"due_for": DUE_FOR}).fetchall()[0]
    if kept:
        return dg.SkipReason("There are titles.")
    if busy := _busy(context, now):
        return dg.SkipReason(busy)
    return dg.SensorResult(run_requests=[_ingest(_utc_day(now), "all", run_key=f"first films at {now.isoformat()}")])


@dg.sensor(job_name=TMDB_REFRESH, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def due_films(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult | dg.SkipReason:
    """Titles that have been due for half an hour, between the schedules: details and works alone."""
    if load_settings().tmdb is None:
        return dg.SkipReason(OFF)
    with source.database() as database, database.connection() as connection:
        _, overdue, now = connection.execute(statement("tmdb/count_overdue"), {"due_for": DUE_FOR}).fetchall()[0]
    if not overdue:
        return dg.SkipReason("Nothing has been due for half an hour.")
    if busy := _busy(context, now):
        return dg.SkipReason(busy)
    request = dg.RunRequest(
        run_key=f"due at {now.isoformat()}", partition_key=_utc_day(now).isoformat(), asset_selection=_DUE
    )
    return dg.SensorResult(run_requests=[request])


def _busy(context: dg.SensorEvaluationContext, now: datetime) -> str | None:
    """Why nothing is asked for now: a run asks TMDB already, or this sensor asked a moment ago."""
    for job in (TMDB_INGEST, TMDB_REFRESH):
        if context.instance.get_run_records(dg.RunsFilter(job_name=job, statuses=UNFINISHED), limit=1):
            return f"A run of {job} is queued or in progress."
    own = dg.RunsFilter(tags={_SENSOR_TAG: context.sensor_name}, created_after=now - PAUSE)
    if context.instance.get_run_records(own, limit=1):
        return "Asked for less than half an hour ago."
    return None


def _ingest(day: date, source: str, *, run_key: str) -> dg.RunRequest:
    lists = {"source": source, "max_movies": NEW_A_WEEK, "max_series": NEW_A_WEEK}
    return dg.RunRequest(
        run_key=run_key,
        partition_key=day.isoformat(),
        run_config={"ops": {"tmdb__title_lists": {"config": lists}}},
    )


def _utc_day(at: datetime) -> date:
    return at.astimezone(UTC).date()
