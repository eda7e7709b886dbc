"""Logs removed by age: Dagster's events, results of checks and captured output, and the platform's calls of services.

Dagster purges the ticks of schedules and sensors itself (`dagster.yaml`) and nothing else. Deleting a run would delete
its materialisations too, by which the UI knows which days are filled; so runs stay, and of events those that name no
asset go. A run that is not over keeps everything. Dagster may run meanwhile: it reads the newest rows and adds to them.
Nothing here knows Dagster.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import LiteralString

import psycopg

from resources.statements import statement

ROWS_AT_ONCE = 5_000
"""Rows of a table deleted in one transaction."""

CALLS_KEPT_FOR = timedelta(days=90)
"""Three times what the longest look back needs, `streaming.watchmode_calls`."""


@dataclass(frozen=True, slots=True)
class Size:
    """Of Dagster's database in bytes, and its events by the planner's estimate."""

    bytes: int
    events: int


def delete_old_events(connection: psycopg.Connection, before: datetime, *, at_once: int = ROWS_AT_ONCE) -> int:
    """Deletes the events without an asset of ended runs from before an instant.

    Args:
        connection: An autocommit connection to Dagster's database: each batch is a transaction.
        before: Younger events stay.
        at_once: How many rows a batch deletes.

    Returns:
        How many rows went.
    """
    return _in_batches(connection, statement("dagster/delete_old_events"), before, at_once)


def delete_old_check_results(connection: psycopg.Connection, before: datetime, *, at_once: int = ROWS_AT_ONCE) -> int:
    """As `delete_old_events`, of results of checks; the newest of each check stays, however old."""
    return _in_batches(connection, statement("dagster/delete_old_check_results"), before, at_once)


def delete_old_calls(connection: psycopg.Connection, before: datetime, *, at_once: int = ROWS_AT_ONCE) -> int:
    """As `delete_old_events`, of `ops.api_calls`, in the database `source`."""
    return _in_batches(connection, statement("ops/delete_old_calls"), before, at_once)


def _in_batches(connection: psycopg.Connection, deleting: LiteralString, before: datetime, at_once: int) -> int:
    total = 0
    while True:
        deleted = connection.execute(deleting, {"before": before, "most": at_once}).rowcount
        total += deleted
        if deleted < at_once:
            return total


def count_old_events(connection: psycopg.Connection, before: datetime) -> int:
    """How many events `delete_old_events` would delete."""
    return int(connection.execute(statement("dagster/count_old_events"), {"before": before}).fetchall()[0][0])


def measure(connection: psycopg.Connection) -> Size:
    """How large Dagster's database is."""
    return Size(*connection.execute(statement("dagster/measure_tables")).fetchall()[0])


def delete_old_files(folder: Path, before: datetime) -> int:
    """Deletes the output captured from runs that was last written before an instant, and folders left empty by that.

    Args:
        folder: Where Dagster captures output locally: `<folder>/<run>/compute_logs/<step>.out`, `.err`, `.complete`.
        before: Younger files stay; a run is over long before its output is a day old.

    Returns:
        Bytes that went.
    """
    freed = 0
    for path in list(old_files(folder, before)):
        freed += path.stat().st_size
        path.unlink()
        for emptied in (path.parent, path.parent.parent):
            if not any(emptied.iterdir()):
                emptied.rmdir()
    return freed


def old_files(folder: Path, before: datetime) -> Iterator[Path]:
    """The captured output that was last written before an instant."""
    for path in folder.glob("*/compute_logs/*"):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            yield path
