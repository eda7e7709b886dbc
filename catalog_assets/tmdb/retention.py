"""Removes what TMDB's terms do not allow to keep any longer: answers, and works whose content rests on them.

Nothing of TMDB may be kept for more than six months (contract: TMDB, "Terms"). Works are due from 150 days on, so what
is left at 175 is gone, or could not be fetched for weeks.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row

from catalog_assets.tmdb.merge import make_works
from resources.statements import statement

KEPT_FOR = timedelta(days=175)
"""Five days less than the check allows, so that a run that fails a few times is no breach."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What went.

    Attributes:
        works: whose content was removed.
        pages: answers.
        bytes: of these, as stored.
    """

    works: int
    pages: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Kept:
    """What is there: answers, their bytes as stored, and when the oldest was asked for."""

    pages: int
    bytes: int
    oldest: datetime | None


def remove_expired(connection: psycopg.Connection) -> Removed:
    """Removes works and pages past `KEPT_FOR`, in one transaction that no merge runs beside.

    A work that lacks a block since then is made again without it.

    Args:
        connection: an autocommit connection.
    """
    keep = {"keep": KEPT_FOR}
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(statement("tmdb/lock_merge"))
        lent = [work_id for (work_id,) in cursor.execute(statement("tmdb/list_lent_expired"), keep).fetchall()]
        works = cursor.execute(statement("tmdb/drop_expired_works"), keep).rowcount
        cursor.execute(statement("tmdb/clear_logged_titles"), keep)
        cursor.execute(statement("tmdb/forget_expired_pages"), keep)
        ((pages, size),) = cursor.execute(statement("tmdb/delete_expired_pages"), keep).fetchall()
        ((now,),) = cursor.execute(statement("tmdb/read_now")).fetchall()
        make_works(connection, lent, merged_at=now)
    return Removed(works, pages, size)


def count_pages(connection: psycopg.Connection) -> Kept:
    """Counts the answers that are kept."""
    with connection.cursor(row_factory=class_row(Kept)) as cursor:
        return cursor.execute(statement("tmdb/count_pages")).fetchall()[0]
