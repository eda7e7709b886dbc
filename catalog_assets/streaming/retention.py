"""Removes what the terms of sources do not allow to keep any longer, and answers that newer ones took the place of.

`streaming.retention_rules` says table by table what binds it. Watchmode's terms for its free plan allow 30 days, and
nothing of it once its key is withdrawn; TMDB's allow six months; of Trakt nothing is kept where it is off (contracts:
Watchmode, section 2; TMDB, "Terms"; Trakt, section 1). Nothing here knows Dagster.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, LiteralString

import psycopg
from psycopg.rows import class_row

from catalog_assets.streaming.coming_soon import make_coming_soon
from catalog_assets.streaming.providers import identify_providers
from resources.origins import forget_origin
from resources.statements import statement

WATCHMODE_KEPT_FOR = timedelta(days=28)
"""Two days less than the check allows, so that a run that fails twice is no breach."""

TMDB_KEPT_FOR = timedelta(days=175)
"""Five days less than the check allows, as for TMDB's own tables. Trakt's are kept as long while it is on."""

SUPERSEDED_KEPT_FOR = timedelta(days=7)
"""How long an answer can still be looked at that a newer one took the place of."""


@dataclass(frozen=True, slots=True)
class Removed:
    """What went of a source.

    Attributes:
        rows: of tables, those that go with their page apart.
        pages: answers.
        bytes: of these.
    """

    rows: int = 0
    pages: int = 0
    bytes: int = 0


@dataclass(frozen=True, slots=True)
class Kept:
    """What a table keeps of a source that its terms bind.

    Attributes:
        table_name: with its schema.
        source: tmdb, watchmode or trakt.
        kept_for: how long it may, since it was fetched.
        rows: how many.
        oldest: when the oldest was fetched; None: there is none, or of what is there nobody knows.
        overdue: rows that are older than allowed.
    """

    table_name: str
    source: str
    kept_for: timedelta
    rows: int
    oldest: datetime | None
    overdue: int


def remove_watchmode(connection: psycopg.Connection, *, is_off: bool, regions: Sequence[str], run_id: str) -> Removed:
    """Removes what came from Watchmode 28 days ago or before, or all of it, with its stamp, where its key is withdrawn.

    Offers, providers and their regions go with the pages that they came from. What is coming soon is made anew without
    them.

    Args:
        connection: an autocommit connection.
        is_off: whether its key is withdrawn.
        regions: for coming soon.
        run_id: likewise.
    """
    keep = {"keep": None if is_off else WATCHMODE_KEPT_FOR}
    with connection.transaction():
        connection.execute(statement("streaming/lock_availability"))
        connection.execute(statement("streaming/lock_id_mappings"))
        rows = _removed(connection, "delete_expired_changes", {"source": "watchmode", **keep})
        for name in ("delete_expired_mappings", "delete_expired_watchmode_titles", "delete_expired_credits"):
            rows += _removed(connection, name, keep)
        pages = _remove_pages(connection, "watchmode", keep, regions=regions, run_id=run_id)
        identify_providers(connection)  # their names may have been Watchmode's
        rows += _removed(connection, "delete_unnamed_providers")
        if is_off:
            forget_origin(connection, service="watchmode")
    return Removed(rows, *pages)


def remove_tmdb(connection: psycopg.Connection, *, regions: Sequence[str], run_id: str) -> Removed:
    """Removes what came from TMDB 175 days ago or before, snapshots of what trended included.

    Offers go with the works whose content was dropped (`catalog_assets.tmdb.retention`).

    Args:
        connection: an autocommit connection.
        regions: for coming soon, which is made anew if it rested on what went.
        run_id: likewise.
    """
    keep = {"keep": TMDB_KEPT_FOR}
    with connection.transaction():
        connection.execute(statement("streaming/lock_availability"))
        connection.execute(statement("streaming/lock_trending"))
        rows = _removed(connection, "delete_old_snapshots", keep)
        rows += connection.execute(statement("trakt/delete_old_snapshots"), keep).rowcount
        rows += _removed(connection, "delete_expired_changes", {"source": "tmdb", **keep})
        ((works,),) = connection.execute(statement("streaming/delete_dropped_offers")).fetchall()
        pages = _remove_pages(connection, "tmdb", keep, regions=regions, run_id=run_id)
        for name in ("delete_empty_listings", "delete_unnamed_provider_ids"):
            rows += _removed(connection, name)
        identify_providers(connection)  # their names may have been TMDB's
        rows += _removed(connection, "delete_unnamed_providers")
        _removed(connection, "delete_old_merges", keep)
    return Removed(rows + works, *pages)


def remove_trakt(connection: psycopg.Connection, *, is_off: bool) -> Removed:
    """Removes what came from Trakt 175 days ago or before; where it is off everything, the sign-in and stamp included.

    Args:
        connection: an autocommit connection.
        is_off: whether Trakt is off.
    """
    with connection.transaction():
        connection.execute(statement("streaming/lock_trending"))
        if is_off:
            ((is_there,),) = connection.execute(statement("streaming/has_trakt")).fetchall()
            if not is_there:
                return Removed()
            ((pages,),) = connection.execute(statement("trakt/remove_everything")).fetchall()
            return Removed(pages=pages)
        keep = {"keep": TMDB_KEPT_FOR}
        rows = connection.execute(statement("trakt/delete_old_snapshots"), keep).rowcount
        ((pages, size),) = connection.execute(statement("trakt/delete_expired_pages"), keep).fetchall()
    return Removed(rows, pages, size)


def remove_superseded(connection: psycopg.Connection) -> Removed:
    """Removes answers that a newer one of the same took the place of a week ago or before, and nothing rests on.

    Kept are the pages of snapshots, of present offers, providers and regions, and those that coming soon was last made
    from; all of Watchmode's releases, which are the history of its dates; and, as long as the terms allow, what could
    not be used.
    """
    with connection.transaction():
        ((pages, size),) = connection.execute(
            statement("streaming/delete_superseded_pages"), {"keep": SUPERSEDED_KEPT_FOR}
        ).fetchall()
    return Removed(pages=pages, bytes=size)


def read_kept(connection: psycopg.Connection) -> list[Kept]:
    """What each table keeps of a source that its terms bind."""
    with connection.cursor(row_factory=class_row(Kept)) as cursor:
        return cursor.execute(statement("streaming/read_kept")).fetchall()


def kept_though_off(connection: psycopg.Connection, *, watchmode_is_off: bool, trakt_is_off: bool) -> list[str]:
    """The services that are off and of which something is kept."""
    ((watchmode,),) = connection.execute(statement("streaming/has_watchmode")).fetchall()
    ((trakt,),) = connection.execute(statement("streaming/has_trakt")).fetchall()
    found = {"watchmode": watchmode and watchmode_is_off, "trakt": trakt and trakt_is_off}
    return [service for service, is_kept in found.items() if is_kept]


def _remove_pages(
    connection: psycopg.Connection,
    service: str,
    keep: Mapping[str, timedelta | None],
    *,
    regions: Sequence[str],
    run_id: str,
) -> tuple[int, int]:
    """Removes a service's pages past keeping; makes coming soon anew where it rested on any."""
    ((pages, size, of_coming_soon),) = connection.execute(
        statement("streaming/delete_expired_pages"), {"service": service, **keep}
    ).fetchall()
    limits = {"tmdb": TMDB_KEPT_FOR, "watchmode": WATCHMODE_KEPT_FOR}
    ((is_expired,),) = connection.execute(statement("streaming/is_coming_soon_expired"), limits).fetchall()
    if of_coming_soon or is_expired:
        make_coming_soon(connection, regions=regions, run_id=run_id)
    return pages, size


def _removed(connection: psycopg.Connection, name: LiteralString, params: Mapping[str, Any] | None = None) -> int:
    return connection.execute(statement(f"streaming/{name}"), params).rowcount
