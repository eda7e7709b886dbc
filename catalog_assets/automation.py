"""What runs when, without being asked (https://docs.dagster.io/guides/automate).

Schedules follow the calendar; sensors look every minute at what the database and Dagster hold, and ask for what is
missing. None calls a service. Every rule holds for every kind; a request names kinds only where not all are due.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import dagster as dg
import psycopg
from dagster._core.storage.dagster_run import RunRecord

from catalog_assets.check_results import SUBJECT as CHECKS_SUBJECT
from catalog_assets.check_results import checks_of_tables, checks_of_the_rest, failing, newest_results
from catalog_assets.due import Days, adjoining, census_deadline, day_of, days_of, open_tail
from catalog_assets.health import (
    SUBJECT,
    KindState,
    RunningSync,
    close_interrupted,
    findings,
    kind_state,
    read_now,
    running_syncs,
)
from catalog_assets.hotstar.coverage import covered_until, holes
from catalog_assets.hotstar.kinds import KINDS, MATCH, Kind
from catalog_assets.jobs import CENSUS, FIGURES, POLL, RETENTION, asset_keys, fetching_key
from catalog_assets.partitions import HOTSTAR_ZONE, hotstar_days
from catalog_assets.tmdb.run_log import RunningRun, close_cut_off, running_runs
from resources.alerts import channels, report
from resources.dagster_resources import SourceDatabase
from resources.settings import load_settings
from resources.statements import statement

ALL = tuple(KINDS.values())

CENSUS_PAUSE = timedelta(hours=6)
"""Between two attempts at a census: a failed one costs up to a minute of the service's pace, and most causes last."""

CLOSING_GRACE = timedelta(hours=1)
"""How long the week's census waits for the closing of Sunday, which may have failed."""

WATCHED_FIRST = timedelta(minutes=2)
"""How long a sensor watches a database without a census before it asks: `catalog up` launches the first one itself."""

HOLE_PAUSE = timedelta(hours=1)
"""Between two requests for the same hole."""

ORPHANED = timedelta(hours=1)
"""A run created and never queued for so long was lost by who made it, and blocks nothing."""

OFF = "Hotstar is off: no credentials are set."
UNFINISHED = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.QUEUED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
_SENSOR_TAG = "dagster/sensor_name"
_PARTITION_TAG = "dagster/partition"
_FIRST_TAG = "dagster/asset_partition_range_start"
_LAST_TAG = "dagster/asset_partition_range_end"


def automation() -> tuple[list[dg.ScheduleDefinition], list[dg.SensorDefinition]]:
    """The schedules and sensors of the code location, all on by default."""
    return [poll_today, close_yesterday, poll_live_matches, write_yesterdays_figures, remove_past_keeping], [
        census_due,
        coverage_holes,
        stale_assets,
        health,
    ]


@dg.schedule(
    job_name=POLL,
    cron_schedule="0 */4 * * *",
    execution_timezone=HOTSTAR_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def poll_today(context: dg.ScheduleEvaluationContext, source: SourceDatabase) -> dg.RunRequest | dg.SkipReason:
    """What changed today, every 4 hours: the provider's suggested window, and few enough requests to stay unnoticed."""
    at = context.scheduled_execution_time
    return _scheduled_poll(source, day_of(at), run_key=f"poll {at.isoformat()}")


@dg.schedule(
    job_name=POLL,
    cron_schedule="0 2 * * *",
    execution_timezone=HOTSTAR_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def close_yesterday(context: dg.ScheduleEvaluationContext, source: SourceDatabase) -> dg.RunRequest | dg.SkipReason:
    """Yesterday once more, two hours after its end: the service's index lags, and what lagged belongs to that day."""
    day = day_of(context.scheduled_execution_time) - timedelta(days=1)
    return _scheduled_poll(source, day, run_key=f"close {day.isoformat()}")


@dg.schedule(
    job_name=POLL,
    cron_schedule="30 * * * *",
    execution_timezone=HOTSTAR_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def poll_live_matches(context: dg.ScheduleEvaluationContext, source: SourceDatabase) -> dg.RunRequest | dg.SkipReason:
    """Matches every hour while one is about to start or has begun: what is said of it changes then."""
    at = context.scheduled_execution_time
    if load_settings().hotstar is None:
        return dg.SkipReason(OFF)
    with source.database() as database, database.connection() as connection:
        near = connection.execute(statement("hotstar/match_is_near")).fetchall()[0][0]
        listed = MATCH in (kind for kind, _ in _listed_kinds(connection))
    if not listed or not near:
        return dg.SkipReason("No match starts within the hour or started within the last six.")
    return _request([MATCH], POLL, Days(day_of(at), day_of(at)), run_key=f"live {at.isoformat()}")


@dg.schedule(
    job_name=FIGURES,
    cron_schedule="30 3 * * *",
    execution_timezone=HOTSTAR_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def write_yesterdays_figures(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Yesterday's figures, once its closing is merged."""
    day = (day_of(context.scheduled_execution_time) - timedelta(days=1)).isoformat()
    return dg.RunRequest(run_key=f"figures {day}", partition_key=day)


@dg.schedule(
    job_name=RETENTION,
    cron_schedule="15 5 * * *",
    execution_timezone=HOTSTAR_ZONE,
    default_status=dg.DefaultScheduleStatus.RUNNING,
)
def remove_past_keeping(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """Retention once a day, when neither polls nor censuses are due: it holds off merges for moments."""
    return dg.RunRequest(run_key=f"retention {day_of(context.scheduled_execution_time).isoformat()}")


@dg.sensor(job_name=CENSUS, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def census_due(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult:
    """A complete listing a week, of some kinds a day, by the age of the newest complete one; one kind after the other.

    A weekday alone would skip a week after a failed Monday. It comes after the closing of the day before, so that both
    do not compete for the service's pace. A run of its own for each kind: one that fails spoils no other.
    """
    if load_settings().hotstar is None:
        return _skip(OFF)
    with source.database() as database, database.connection() as connection:
        now = read_now(connection)
        states = {kind: kind_state(connection, kind) for kind in ALL}
    watched_since, cursor = _watched(context.cursor, now)
    deadlines = {kind: census_deadline(now, kind.listed_every) for kind in ALL}
    due = [kind for kind in ALL if (done := states[kind].complete_census_at) is None or done < deadlines[kind]]
    if not due:
        return _skip(f"Every kind has a complete census since {min(deadlines.values()).isoformat()}.", cursor)
    for job in (CENSUS, POLL):
        if under_way(context.instance, job, now):
            return _skip(f"A run of {job} is queued or in progress.", cursor)
    first = [kind for kind in due if states[kind].complete_census_at is None]
    if first and now - watched_since < WATCHED_FIRST:
        return _skip("No census yet: asked for in a moment, unless somebody launches it.", cursor)
    settled = [
        kind
        for kind in due
        if kind in first or _is_closed(kind, states[kind], deadlines[kind]) or now - deadlines[kind] >= CLOSING_GRACE
    ]
    if not settled:
        return _skip("Waits for the closing of yesterday.", cursor)
    tried = context.instance.get_run_records(dg.RunsFilter(created_after=now - CENSUS_PAUSE))
    ready = [kind for kind in settled if not _tried_in_vain(tried, kind, states[kind])]
    if not ready:
        return _skip("The newest attempt did not complete; asked again 6 hours after it.", cursor)
    after = _newest(context.instance, dg.RunsFilter(job_name=CENSUS))
    request = _request(ready[:1], CENSUS, Days(day_of(now), day_of(now)), run_key=f"census after {after}")
    return dg.SensorResult(run_requests=[request], cursor=cursor)


@dg.sensor(job_name=POLL, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def coverage_holes(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult:
    """The days that nothing listed, after an outage of any length.

    Dagster does not catch up by itself, and a partition polled at noon and never again counts as materialised. One run
    a tick, over adjoining days, the oldest first.
    """
    if load_settings().hotstar is None:
        return _skip(OFF)
    missing: dict[Kind, list[Days]] = {}
    with source.database() as database, database.connection() as connection:
        now = read_now(connection)
        for kind, census_at in _listed_kinds(connection):
            found = [days_of(hole.start, hole.end) for hole in holes(connection, kind)]
            tail = open_tail(covered_until(connection, kind) or census_at, now)
            missing[kind] = [*found, tail] if tail else found
    spans = adjoining((days for each in missing.values() for days in each), earliest=hotstar_days.start.date())
    if not spans:
        return _skip("No hole.")
    if under_way(context.instance, POLL, now):
        return _skip("A poll is queued or in progress.")
    own = {_SENSOR_TAG: context.sensor_name}
    recent = context.instance.get_run_records(dg.RunsFilter(tags=own, created_after=now - HOLE_PAUSE))
    asked = {_first_day(record) for record in recent}
    waiting = [span for span in spans if span.first.isoformat() not in asked]
    if not waiting:
        return _skip("Every hole was asked for less than an hour ago.")
    span = waiting[0]
    kinds = [kind for kind, each in missing.items() if any(span.touches(days) for days in each)]
    after = _newest(context.instance, dg.RunsFilter(tags=own))
    return dg.SensorResult(
        run_requests=[_request(kinds, POLL, span, run_key=f"{span.first} {span.last} after {after}")]
    )


@dg.sensor(job_name=POLL, minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def stale_assets(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SensorResult:
    """A poll of today when a table or its updates fail their freshness policy, once a failure.

    A failure that lasts is the health sensor's to tell; asking on would only repeat what failed.
    """
    if load_settings().hotstar is None:
        return _skip(OFF)
    with source.database() as database, database.connection() as connection:
        now, listed = read_now(connection), _listed_kinds(connection)
    keys = {key: kind for kind, _ in listed for key in asset_keys(kind, POLL)}
    stale = [
        record
        for record in context.instance.get_freshness_state_records(list(keys)).values()
        if record.freshness_state.value == "FAIL" and record.updated_at.isoformat() > (context.cursor or "")
    ]
    if not stale:
        return _skip("Nothing failed its freshness policy since it was last asked for.")
    if under_way(context.instance, POLL, now):
        return _skip("A poll is queued or in progress.")
    since = max(record.updated_at for record in stale).isoformat()
    kinds = {keys[record.entity_key] for record in stale}
    today = Days(day_of(now), day_of(now))
    request = _request([kind for kind in _polled() if kind in kinds], POLL, today, run_key=f"stale since {since}")
    return dg.SensorResult(run_requests=[request], cursor=since)


@dg.sensor(minimum_interval_seconds=60, default_status=dg.DefaultSensorStatus.RUNNING)
def health(context: dg.SensorEvaluationContext, source: SourceDatabase) -> dg.SkipReason:
    """Closes log rows of killed runs, and tells people what is wrong: once when it begins and once when it is over."""
    settings = load_settings()
    with source.database() as database:
        with database.connection() as connection:
            closed = close_interrupted(connection, _ended(context.instance, running_syncs(connection)))
            closed = [*closed, *close_cut_off(connection, _ended(context.instance, running_runs(connection)))]
            found = findings(connection, ALL, is_on=settings.hotstar is not None)
        checks = failing(newest_results(context.instance, {**checks_of_tables(ALL), **checks_of_the_rest()}))
        told = [
            report(database, found, channels(settings), subject=SUBJECT),
            report(database, checks, channels(settings), subject=CHECKS_SUBJECT),
        ]
    seen = [finding.key for finding in [*found, *checks]] or ["nothing is wrong"]
    events = [*(f"closed run {run_id}" for run_id in closed), *(f"told {line}" for each in told for line in each.told)]
    silent = {name: why for each in told for name, why in each.failing.items()}
    return dg.SkipReason("; ".join([*seen, *events, *(f"{name}: {why}" for name, why in silent.items())]))


def _scheduled_poll(source: SourceDatabase, day: date, *, run_key: str) -> dg.RunRequest | dg.SkipReason:
    if load_settings().hotstar is None:
        return dg.SkipReason(OFF)
    with source.database() as database, database.connection() as connection:
        listed = [kind for kind, _ in _listed_kinds(connection)]
    if not listed:
        return dg.SkipReason("No kind has a complete census yet: there is nothing to keep up to date.")
    return _request(listed, POLL, Days(day, day), run_key=run_key)


def _request(kinds: Sequence[Kind], job: str, days: Days, *, run_key: str) -> dg.RunRequest:
    """One run of a job over adjoining days, for these kinds alone if they are not all."""
    whole = ALL if job == CENSUS else _polled()
    keys = None if len(kinds) == len(whole) else [key for kind in kinds for key in asset_keys(kind, job)]
    first, last = days.first.isoformat(), days.last.isoformat()
    if first == last:
        return dg.RunRequest(run_key=run_key, partition_key=first, asset_selection=keys)
    return dg.RunRequest(run_key=run_key, tags={_FIRST_TAG: first, _LAST_TAG: last}, asset_selection=keys)


def _listed_kinds(connection: psycopg.Connection) -> list[tuple[Kind, datetime]]:
    """The kinds that are polled and have a complete census, with the beginning of the newest."""
    found = [(kind, kind_state(connection, kind).complete_census_at) for kind in _polled()]
    return [(kind, at) for kind, at in found if at is not None]


def _polled() -> Sequence[Kind]:
    return [kind for kind in ALL if kind.is_polled]


def _is_closed(kind: Kind, state: KindState, deadline: datetime) -> bool:
    """Whether nothing of the day before is left to poll."""
    return not kind.is_polled or (state.poll_at is not None and state.poll_at >= deadline)


def _fetched_by(record: RunRecord, job: str, kind: Kind) -> bool:
    """Whether a run fetches for a kind what this job does; one launched from an asset's page has a job of its own."""
    run = record.dagster_run
    fetched = fetching_key(kind, job)
    return fetched is not None and (fetched in run.asset_selection if run.asset_selection else run.job_name == job)


def under_way(instance: dg.DagsterInstance, job: str, now: datetime) -> bool:
    """Whether a run that fetches what this job fetches is queued or in progress, for any kind."""
    return any(
        _fetched_by(record, job, kind)
        for record in instance.get_run_records(dg.RunsFilter(statuses=UNFINISHED))
        for kind in ALL
        if record.dagster_run.status is not dg.DagsterRunStatus.NOT_STARTED or now - record.create_timestamp < ORPHANED
    )


def _tried_in_vain(attempts: Sequence[RunRecord], kind: Kind, state: KindState) -> bool:
    """Whether one of these runs listed a kind without a complete census to show for it."""
    done = state.complete_census_at
    return any(
        _fetched_by(record, CENSUS, kind) and (done is None or record.create_timestamp > done) for record in attempts
    )


def _ended(instance: dg.DagsterInstance, logged: Sequence[RunningSync] | Sequence[RunningRun]) -> list[str]:
    """Of runs that a log holds as running, those that are over.

    A run that this instance never knew may be another's: it is over when it has been quiet.
    """
    run_ids = [each.run_id for each in logged]
    records = instance.get_run_records(dg.RunsFilter(run_ids=run_ids)) if run_ids else []
    known = {record.dagster_run.run_id: record.dagster_run.is_finished for record in records}
    return [each.run_id for each in logged if known.get(each.run_id, each.is_quiet)]


def _first_day(record: RunRecord) -> str | None:
    tags = record.dagster_run.tags
    return tags.get(_FIRST_TAG, tags.get(_PARTITION_TAG))


def _newest(instance: dg.DagsterInstance, filters: dg.RunsFilter) -> str:
    """The id of the newest such run: part of a run key, it stays until a run came of the request."""
    records = instance.get_run_records(filters, limit=1)
    return records[0].dagster_run.run_id if records else "nothing"


def _watched(cursor: str | None, now: datetime) -> tuple[datetime, str]:
    """Since when a sensor has looked without a gap, and its next cursor."""
    since = now
    if cursor:
        began, last = map(datetime.fromisoformat, cursor.split())
        if now - last < 2 * WATCHED_FIRST:
            since = began
    return since, f"{since.isoformat()} {now.isoformat()}"


def _skip(reason: str, cursor: str | None = None) -> dg.SensorResult:
    return dg.SensorResult(skip_reason=reason, cursor=cursor)
