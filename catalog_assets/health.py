"""What is wrong with the syncs, found in the database: rules and sentences, no Dagster.

Which runs are over only Dagster knows; it is asked by the caller and handed in. The clock is the database's. What
people are told of the findings, and how often, is `resources.alerts`.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
from psycopg.rows import class_row

from catalog_assets.hotstar.kinds import Kind
from resources.alerts import Finding
from resources.logs import redacted
from resources.statements import statement

SUBJECT = "hotstar/"
"""How the keys of all findings here begin."""

LATE = timedelta(hours=26)
"""A day and a closing that took its time: no run began for longer than this."""

QUIET = timedelta(minutes=15)
"""A running load that stored no page for longer is stuck: three rests and a timeout together are shorter."""

OVERDUE = timedelta(days=8)
"""A census a week, and a day to repeat a failed one."""

FIRST_LOAD = timedelta(minutes=30)
"""How long a new database may stay without a run before anybody is told."""

LOADING = timedelta(hours=1)
"""How long after one kind's load began another's is waited for."""

_SHOWN = 300


@dataclass(frozen=True, slots=True)
class RunningSync:
    """A run that the log holds as running; times by the database's clock."""

    run_id: str
    kind: str
    started_at: datetime
    last_sign_at: datetime
    now: datetime

    @property
    def is_quiet(self) -> bool:
        """It stored no page for longer than `QUIET`."""
        return self.now - self.last_sign_at > QUIET


@dataclass(frozen=True, slots=True)
class KindState:
    """How a kind fares; None where there is nothing yet. Times by the database's clock."""

    now: datetime
    newest_sync_at: datetime | None
    poll_status: str | None
    poll_at: datetime | None
    poll_message: str | None
    census_status: str | None
    census_at: datetime | None
    census_message: str | None
    complete_census_at: datetime | None
    withheld: int


def read_now(connection: psycopg.Connection) -> datetime:
    """The database's time, UTC."""
    now: datetime = connection.execute(statement("ops/read_now")).fetchall()[0][0]
    return now.astimezone(UTC)


def kind_state(connection: psycopg.Connection, kind: Kind) -> KindState:
    """Reads how a kind fares."""
    with connection.cursor(row_factory=class_row(KindState)) as cursor:
        return cursor.execute(statement("hotstar/health_newest_syncs"), {"kind": kind.name}).fetchall()[0]


def running_syncs(connection: psycopg.Connection) -> Sequence[RunningSync]:
    """The runs that the log holds as running, of all kinds."""
    with connection.cursor(row_factory=class_row(RunningSync)) as cursor:
        return cursor.execute(statement("hotstar/health_running_syncs")).fetchall()


def close_interrupted(connection: psycopg.Connection, finished_run_ids: Iterable[str]) -> Sequence[str]:
    """Closes the log rows that finished runs left as running, and returns these runs' ids.

    Such a run was killed: what it stored is taken up by the next one.
    """
    message = "The run ended before its merge: it was killed, or a step before failed. The next run takes its work up."
    ended = {"run_ids": list(finished_run_ids), "message": message}
    return [row[0] for row in connection.execute(statement("hotstar/health_close_interrupted"), ended)]


def findings(connection: psycopg.Connection, kinds: Iterable[Kind], *, is_on: bool) -> list[Finding]:
    """Everything that is wrong with the syncs of these kinds now.

    Args:
        connection: to the source database.
        kinds: the kinds to look at.
        is_on: the service has credentials; one that has none and never had is not missed.
    """
    running = running_syncs(connection)
    states = {kind: kind_state(connection, kind) for kind in kinds}
    # Kinds are loaded one after the other: while one was begun lately, the others' turn is to come.
    loading = any(
        at is not None and state.now - at < LOADING for state in states.values() for at in [state.newest_sync_at]
    )
    return [
        Finding(f"{SUBJECT}{kind.plural}/{what}", redacted(summary), FIRST_LOAD if what == "never" else timedelta(0))
        for kind, state in states.items()
        for what, summary in _wrong(
            kind, state, running, is_on=is_on and not (loading and state.newest_sync_at is None)
        )
    ]


def _wrong(kind: Kind, state: KindState, running: Collection[RunningSync], *, is_on: bool) -> Iterator[tuple[str, str]]:
    if state.newest_sync_at is None and is_on:
        summary = f"No {kind.plural} were ever loaded: see that Dagster's daemon runs and the sensor census_due is on."
        yield "never", summary
    if state.newest_sync_at is not None and state.now - state.newest_sync_at > LATE:
        summary = (
            f"No load of {kind.plural} began since {_moment(state.newest_sync_at)}, for more than 26 hours: "
            "see that Dagster's daemon runs and the schedules are on."
        )
        yield "late", summary
    for job, status, began, message in (
        ("poll", state.poll_status, state.poll_at, state.poll_message),
        ("census", state.census_status, state.census_at, state.census_message),
    ):
        if status == "failed" and began is not None:
            summary = f"The newest {job} of {kind.plural}, begun {_moment(began)}, failed: {_short(message)}"
            yield f"{job}-failed", summary
    for sync in running:
        if sync.kind == kind.name and sync.is_quiet:
            summary = (
                f"The load of {kind.plural} begun {_moment(sync.started_at)} stored no page since "
                f"{_moment(sync.last_sign_at)}: end run {sync.run_id} in Dagster; the next takes its work up."
            )
            yield "stuck", summary
            break
    if state.complete_census_at is not None and state.now - state.complete_census_at > OVERDUE:
        summary = (
            f"The newest complete census of {kind.plural} began {_moment(state.complete_census_at)}: deletions are "
            "not found any more. See why the job census does not end as complete."
        )
        yield "census-overdue", summary
    if state.withheld:
        summary = (
            f"{state.withheld} deletions of {kind.plural} wait for a person: look at hotstar.withheld_deletions, then "
            f"`catalog load {kind.plural} --census --approve-deletions {state.withheld}`, or leave them."
        )
        yield "withheld", summary


def _short(message: str | None) -> str:
    text = " ".join((message or "no reason was logged").split())
    return text if len(text) <= _SHOWN else f"{text[: _SHOWN - 1]}…"


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
