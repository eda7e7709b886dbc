"""The snapshots of trending made again from stored pages, without a request: the proof that pages are the record.

What pages list is read again, and every hour's snapshots are made of it at the instant that they were of. Everything is
rolled back at the end, or kept when asked. Two things no page tells are taken over: how long answers counted as fresh
then, and numbers of TMDB's that were found by IMDb's id.
"""

from typing import LiteralString

import psycopg
from psycopg.rows import dict_row

from catalog_assets.streaming.comparing import compare
from catalog_assets.streaming.trending import TMDB_LISTS, Lists, make_again
from catalog_assets.tmdb.replay import ReplayResult
from resources.statements import statement

_RELATIONS: tuple[LiteralString, ...] = ("trending_items", "trending_snapshots")


def replay_trending(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes TMDB's snapshots and their ranks again and compares them; with `swap` they take the place of the present.

    Args:
        connection: An autocommit connection to the source database.
        swap: Keep what was made.

    Returns:
        What was compared; `merges` are hours.
    """
    return replay_lists(connection, TMDB_LISTS, swap=swap)


def replay_lists(connection: psycopg.Connection, lists: Lists, *, swap: bool) -> ReplayResult:
    """Makes the snapshots of a service's lists again, as `replay_trending` does TMDB's."""
    with connection.transaction(force_rollback=not swap), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_trending"))
        cursor.execute(_copy(lists, "present"))
        hours = make_again(cursor, lists)
        cursor.execute(_copy(lists, "made"))
        compared = compare(cursor, "trending", _RELATIONS)
    return ReplayResult(hours, *compared, swap)


def _copy(lists: Lists, moment: LiteralString) -> LiteralString:
    return lists.statement("copy_trending").replace("{moment}", moment)
