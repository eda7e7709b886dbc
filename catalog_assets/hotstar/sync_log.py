"""The log of runs: one row a run and kind, never left `running` by anything but a kill."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.types.json import Jsonb

from catalog_assets.hotstar.kinds import Kind
from resources.databases import Database
from resources.errors import DatabaseError, ServiceError
from resources.logs import redacted
from resources.statements import statement


@contextmanager
def logged_sync(database: Database, kind: Kind, *, sync_type: str, run_id: str) -> Iterator[None]:
    """Begins a run's log row, and closes it as failed if what it holds fails.

    Every step of it has a connection of its own: the failure of a statement cannot take the row with it.

    Args:
        database: The source database.
        kind: What is listed.
        sync_type: `census` (logged as `initial` while there is no complete one), `incremental` or `daily`.
        run_id: The Dagster run.
    """
    with database.connection() as connection:
        connection.execute(
            statement("hotstar/begin_sync"), {"kind": kind.name, "sync_type": sync_type, "run_id": run_id}
        )
    with failing_sync(database, kind, run_id=run_id):
        yield


@contextmanager
def failing_sync(database: Database, kind: Kind, *, run_id: str) -> Iterator[None]:
    """Closes a run's log row as failed, with the error, if what it holds fails."""
    try:
        yield
    except BaseException as error:
        failed = {"kind": kind.name, "run_id": run_id, "error": Jsonb([_described(error)])}
        try:
            with database.connection() as connection:
                connection.execute(statement("hotstar/fail_sync"), failed)
        except (DatabaseError, psycopg.Error) as unlogged:
            error.add_note(f"The sync log could not be told: {redacted(str(unlogged))}")
        raise


def log_listing(database: Database, kind: Kind, *, run_id: str, listing_id: int, requests: int) -> None:
    """Writes what a run listed into its row."""
    known = {"kind": kind.name, "run_id": run_id, "listing_id": listing_id, "requests": requests}
    with database.connection() as connection:
        connection.execute(statement("hotstar/listed_sync"), known)


def finish_sync(database: Database, kind: Kind, *, run_id: str, merge_id: int) -> str | None:
    """Closes a run's row after its merge; returns its status, None if the run listed nothing."""
    known = {"kind": kind.name, "run_id": run_id, "merge_id": merge_id}
    with database.connection() as connection:
        row = connection.execute(statement("hotstar/finish_sync"), known).fetchone()
    return None if row is None else str(row[0])


def leave_unmerged(database: Database, kind: Kind, *, run_id: str) -> None:
    """Closes the row of a run that fetches and does not merge, as partial: its pages wait for the next merge."""
    message = f"The run did not materialise hotstar/{kind.plural}: the pages are stored, and the next run merges them."
    with database.connection() as connection:
        connection.execute(
            statement("hotstar/leave_unmerged"), {"kind": kind.name, "run_id": run_id, "message": message}
        )


def _described(error: BaseException) -> dict[str, str | None]:
    return {
        "type": type(error).__name__,
        "message": redacted(str(error)),
        "request": error.endpoint if isinstance(error, ServiceError) else None,
        "item": None,
        "stack": redacted("".join(traceback.format_exception(error))),
    }
