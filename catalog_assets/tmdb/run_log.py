"""The log of runs that asked TMDB, `tmdb.scheduled_ingestion_log`: one row a run, also of one that did nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from resources.databases import Database
from resources.statements import statement

_BY_ITSELF = ("dagster/schedule_name", "dagster/sensor_name")
"""Tags of runs that nobody launched by hand."""


@dataclass(slots=True)
class Ended:
    """How a step of a run ended.

    Attributes:
        problem: what it could not do, though it did the rest; None if nothing.
    """

    problem: str | None = None


@contextmanager
def logged_run(database: Database, run: dg.DagsterRun, source: str) -> Iterator[Ended]:
    """Begins the run's log row with the run's first step, and ends it with each: a problem stands whatever follows.

    Args:
        database: holds the log.
        run: the Dagster run.
        source: what it reads, as the log's column says.
    """
    by_itself = any(tag in run.tags for tag in _BY_ITSELF)
    begun = {"run_id": run.run_id, "source": source, "trigger_type": "scheduled" if by_itself else "manual"}
    with database.connection() as connection:
        connection.execute(statement("tmdb/begin_log"), begun)
    ended = Ended()
    try:
        yield ended
    except BaseException as failure:
        _finish(database, run.run_id, problem=None, error=f"{type(failure).__name__}: {failure}"[:2000])
        raise
    _finish(database, run.run_id, problem=ended.problem, error=None)


def _finish(database: Database, run_id: str, *, problem: str | None, error: str | None) -> None:
    with database.connection() as connection:
        connection.execute(statement("tmdb/finish_log"), {"run_id": run_id, "problem": problem, "error": error})
