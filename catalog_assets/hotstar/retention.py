"""Pages kept by a policy: what is past it and nothing rests on loses its body. Nothing here knows Dagster.

A page's row, its hash and its sightings stay. Its body goes only if no item and no kept version began on the page, no
item of it was rejected, and the merge that took it found every item as it was known already. So no merge ever took
content from it that a replay would miss, in whatever order pages were merged: an item on such a page is as the page
before it showed it.
"""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row, scalar_row

from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement

PAGES_AT_ONCE = 50
"""Pages judged in one transaction: it holds off merges of their kind for about a second."""

LOCK_SECONDS = 60
"""How long a batch waits for a merge to end; a replay takes longer, and then the kind is left for the next run."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What is kept.

    Attributes:
        update_days: Days that pages of update listings are kept.
        censuses: Complete censuses of a kind whose pages are kept, the newest; of a kind that is listed within items of
            another kind, of each of these.
    """

    update_days: int
    censuses: int


@dataclass(frozen=True, slots=True)
class Removed:
    """What retention did with a kind.

    Attributes:
        due: Pages with a body that the policy does not ask to keep.
        pages: Bodies removed.
        bytes: Bytes of them as they were stored, compressed.
        left: Pages not looked at, because a merge or a replay of the kind did not end.
    """

    due: int
    pages: int
    bytes: int
    left: int


@dataclass(frozen=True, slots=True)
class Bodies:
    """Pages of all kinds, how many of them have a body, and the bytes of these as stored, compressed."""

    pages: int
    bodies: int
    bytes: int


def remove_pages(connection: psycopg.Connection, kind: Kind, policy: Policy, *, run_id: str) -> Removed:
    """Removes the bodies of a kind's pages that are past the policy and on which nothing rests, batch by batch.

    Each batch is a transaction and holds the lock of the kind's merges; a run that ends between two loses nothing.

    Args:
        connection: An autocommit connection to the source database; its search path finds the tables.
        kind: Whose pages.
        policy: What is kept.
        run_id: The Dagster run, for the log.
    """
    known: dict[str, object] = {
        "kind": kind.name,
        "run_id": run_id,
        "scope_field": kind.listed_by,
        "keep_update_days": policy.update_days,
        "keep_censuses": policy.censuses,
    }
    with connection.cursor(row_factory=scalar_row) as cursor:
        due: list[int] = cursor.execute(statement("hotstar/find_due_pages"), known).fetchall()
    removal_id: int | None = None
    pages = freed = 0
    for first in range(0, len(due), PAGES_AT_ONCE):
        known["page_ids"] = due[first : first + PAGES_AT_ONCE]
        try:
            removal_id, gone, size = _remove_batch(connection, known, removal_id)
        except psycopg.errors.LockNotAvailable:
            return Removed(len(due), pages, freed, len(due) - first)
        pages, freed = pages + gone, freed + size
    return Removed(len(due), pages, freed, 0)


def count_bodies(connection: psycopg.Connection) -> Bodies:
    """Counts the pages that are kept."""
    with connection.cursor(row_factory=class_row(Bodies)) as cursor:
        return cursor.execute(statement("hotstar/count_bodies")).fetchall()[0]


def _remove_batch(
    connection: psycopg.Connection, known: dict[str, object], removal_id: int | None
) -> tuple[int | None, int, int]:
    """One transaction; returns the log row, which the first removal begins, and what went: bodies, bytes."""
    with connection.transaction():
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_SECONDS}s'".encode())
        connection.execute(statement("hotstar/lock_merge"), known)
        with connection.cursor(row_factory=scalar_row) as cursor:
            free = cursor.execute(statement("hotstar/find_free_pages"), known).fetchall()
            if not free:
                return removal_id, 0, 0
            if removal_id is None:
                removal_id = cursor.execute(statement("hotstar/begin_removal"), known).fetchall()[0]
        removing = {"page_ids": free, "removal_id": removal_id}
        pages, freed = connection.execute(statement("hotstar/remove_bodies"), removing).fetchall()[0]
    return removal_id, pages, int(freed)
