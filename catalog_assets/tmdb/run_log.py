"""The log of runs that asked TMDB, `tmdb.scheduled_ingestion_log`: one row a run, also of one that did nothing."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import dagster as dg
import psycopg
from psycopg.rows import class_row

from resources.databases import Database
from resources.statements import statement

_BY_ITSELF = ("dagster/schedule_name", "dagster/sensor_name")
"""Tags of runs that nobody launched by hand."""

_STEPS = ("tmdb__title_lists", "tmdb__title_changes", "tmdb__title_details", "tmdb__works")
"""In the order in which a run takes them."""

QUIET = timedelta(hours=1)
"""Much longer than a merge takes."""

CUT_OFF = "The run ended before its last step did: it was killed, or a step failed. The next run takes its work up."


@dataclass(slots=True)
class Ended:
    """How a step of a run ended.

    Attributes:
        problem: what it could not do, though it did the rest; None if nothing.
    """

    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RunningRun:
    """A run that the log holds as running; times by the database's clock."""

    run_id: str
    last_sign_at: datetime
    now: datetime

    @property
    def is_quiet(self) -> bool:
        """It stored no answer for longer than `QUIET`."""
        return self.now - self.last_sign_at > QUIET


@contextmanager
def logged_run(database: Database, context: dg.AssetExecutionContext, source: str) -> Iterator[Ended]:
    """Begins the run's log row with the run's first step, brings it up to date with each, ends it with the last.

    Args:
        database: holds the log.
        context: of the step.
        source: what it reads, as the log's column says.
    """
    run = context.run
    begun = {"run_id": run.run_id, "source": source, "trigger_type": "scheduled" if is_scheduled(run) else "manual"}
    with database.connection() as connection:
        connection.execute(statement("tmdb/begin_log"), begun)
    ended = Ended()
    try:
        yield ended
    except BaseException as failure:
        _finish(database, run.run_id, error=f"{type(failure).__name__}: {failure}"[:2000], is_over=True)
        raise
    _finish(database, run.run_id, problem=ended.problem, is_over=_is_last(run, context.op_def.name))


def is_scheduled(run: dg.DagsterRun) -> bool:
    """Whether nobody launched it by hand."""
    return any(tag in run.tags for tag in _BY_ITSELF)


def running_runs(connection: psycopg.Connection) -> Sequence[RunningRun]:
    """The runs that the log holds as running."""
    with connection.cursor(row_factory=class_row(RunningRun)) as cursor:
        return cursor.execute(statement("tmdb/list_running")).fetchall()


def close_cut_off(connection: psycopg.Connection, finished_run_ids: Iterable[str]) -> Sequence[str]:
    """Ends the log rows that finished runs left as running, and returns these runs' ids."""
    ended = {"run_ids": list(finished_run_ids), "error": CUT_OFF}
    return [row[0] for row in connection.execute(statement("tmdb/close_cut_off"), ended)]


def _is_last(run: dg.DagsterRun, step: str) -> bool:
    later = _STEPS[_STEPS.index(step) + 1 :]
    chosen = run.step_keys_to_execute
    if chosen is None and run.asset_selection is not None:
        chosen = ["__".join(key.path) for key in run.asset_selection]
    return not any(chosen is None or other in chosen for other in later)


def _finish(
    database: Database, run_id: str, *, is_over: bool, problem: str | None = None, error: str | None = None
) -> None:
    told = {"run_id": run_id, "problem": problem, "error": error, "is_over": is_over}
    with database.connection() as connection:
        connection.execute(statement("tmdb/finish_log"), told)
