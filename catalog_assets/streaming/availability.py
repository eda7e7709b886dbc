"""Where titles can be watched: TMDB's providers and Watchmode's offers, merged, and what came and went.

What TMDB says comes with the details of works. Its ten million offers stand as one value a work (the numbers of the
listings that it stands in), made by SQL alone. Measured on two cores: to parse them here took 30 s on both, and 6 s to
copy them back; SQL reads them in as long on one core, and they stay where they are (benchmarks, part i). Only works
whose content changed are read.

What Watchmode says comes from its pages: the newest page that asked about a title in a region is what holds there, so
the order in which pages are merged does not matter. That it knows no such title is an answer without an offer. Nothing
here knows Dagster.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from catalog_assets.streaming.providers import identify_providers
from catalog_assets.streaming.watchmode import read_offers
from catalog_assets.tmdb.replay import SHOWN, Difference, ReplayResult
from resources.statements import statement

_OFFER = (
    *("source_id", "type", "format", "name", "price", "web_url", "ios_url", "android_url"),
    *("seasons", "episodes"),
)
"""What is kept of an offer of Watchmode's, behind its title and region."""

_NO_SUCH_TITLE = 404
_NO_OFFERS = b"[]"


@dataclass(frozen=True, slots=True)
class AvailabilityMerged:
    """What a merge did.

    Attributes:
        inserted: works whose offers TMDB tells for the first time.
        updated: works whose offers changed.
        unchanged: works whose content changed and whose offers did not.
        dropped: works whose content is gone.
        offers: of TMDB's, that were read.
        rejected: offers of either source that cannot be used.
        titles: about which Watchmode has newer answers.
        watchmode_offers: of Watchmode's, that were written.
        foreign: offers of Watchmode's in regions that were not asked for; they are left out.
        arrived: arrivals, by title, region, provider and type.
        left: departures, likewise.
    """

    inserted: int
    updated: int
    unchanged: int
    dropped: int
    offers: int
    rejected: int
    titles: int
    watchmode_offers: int
    foreign: int
    arrived: int
    left: int


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that a merge writes, and the columns that name a row of it."""

    name: LiteralString
    key: LiteralString


_TABLES = (
    _Table("listings", "listing_id"),
    _Table("tmdb_offers", "work_id"),
    _Table("watchmode_answers", "media_type, tmdb_id, region"),
    _Table("watchmode_offers", "media_type, tmdb_id, region, source_id, type, format"),
)


def merge_availability(connection: psycopg.Connection) -> AvailabilityMerged:
    """Merges what is new of TMDB's details and of Watchmode's pages, in one transaction.

    Args:
        connection: an autocommit connection to the source database.
    """
    with connection.transaction():
        connection.execute(statement("streaming/lock_availability"))
        return _merge(connection, logs=True)


def replay_availability(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes the offers again from details and stored pages, and compares them; nothing is asked.

    Arrivals and departures are not made again: the details from before are gone. They are as they were afterwards.

    Args:
        connection: an autocommit connection to the source database.
        swap: what was made takes the place of the present offers.
    """
    rows, differences, shown = dict[str, int](), dict[str, int](), list[Difference]()
    with connection.transaction(force_rollback=not swap), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_availability"))
        for table in _TABLES:
            cursor.execute(_of("keep_offers", table))
        for table in reversed(_TABLES):
            cursor.execute(_of("clear_offers", table))
        _merge(connection, logs=False)
        for table in _TABLES:
            found = cursor.execute(_of("compare_offers", table), {"shown": SHOWN}).fetchall()
            rows[table.name] = cursor.execute(_of("count_offers", table)).fetchall()[0]["rows"]
            differences[table.name] = found[0]["number"] if found else 0
            shown += [_difference(table, each["present"], each["made"]) for each in found]
    return ReplayResult(1, rows, differences, shown, swap)


def _merge(connection: psycopg.Connection, *, logs: bool) -> AvailabilityMerged:
    with connection.cursor(row_factory=dict_row) as cursor:
        # Watchmode first: what of TMDB's came or went depends on its newest answers.
        told = _merge_answers(connection, cursor)
        changes = _changes(cursor, "log_watchmode_changes") if logs else []
        read, dropped = _merge_details(connection, cursor)
        changes += _changes(cursor, "log_tmdb_changes") if logs else []
        for name in ("delete_empty_listings", "drop_offered"):
            cursor.execute(statement(f"streaming/{name}"))
    rejected = read.pop("rejected") + told.pop("rejected")
    return AvailabilityMerged(
        **read,
        **told,
        dropped=dropped,
        rejected=rejected,
        arrived=changes.count("arrived"),
        left=changes.count("left"),
    )


def _merge_details(
    connection: psycopg.Connection, cursor: psycopg.Cursor[dict[str, Any]]
) -> tuple[dict[str, int], int]:
    """What was read of works, and how many were dropped."""
    dropped: int = cursor.execute(statement("streaming/delete_dropped_offers")).fetchall()[0]["works"]
    cursor.execute(statement("streaming/create_offered"))
    read: dict[str, int] = cursor.execute(statement("streaming/count_offered")).fetchall()[0]
    for name in ("count_listings", "write_tmdb_offers", "name_listed_providers"):
        cursor.execute(statement(f"streaming/{name}"))
    identify_providers(connection)
    return read, dropped


def _merge_answers(connection: psycopg.Connection, cursor: psycopg.Cursor[dict[str, Any]]) -> dict[str, int]:
    """What Watchmode newly told."""
    pages = cursor.execute(statement("streaming/read_title_pages")).fetchall()
    for name in ("create_told_answers", "create_told_offers"):
        cursor.execute(statement(f"streaming/{name}"))
    told, counts = _told(pages)
    with cursor.copy(statement("streaming/copy_told_answers")) as copy:
        for answer in told:
            copy.write_row((*answer.title, answer.region, answer.page_id, answer.sent_at))
    with cursor.copy(statement("streaming/copy_told_offers")) as copy:
        for answer in told:
            for offer in answer.offers:
                copy.write_row((*answer.title, answer.region, *offer))
    for name in (
        "create_asked_before",
        "create_offered_before",
        "delete_answers",
        "write_answers",
        "write_watchmode_offers",
        "name_priced_providers",
    ):
        cursor.execute(statement(f"streaming/{name}"))
    identify_providers(connection)
    return counts


@dataclass(frozen=True, slots=True)
class _Told:
    """What a page says of a title in one region."""

    title: tuple[str, int]
    region: str
    page_id: int
    sent_at: datetime
    offers: list[tuple[Any, ...]]


def _told(pages: Iterable[Mapping[str, Any]]) -> tuple[list[_Told], dict[str, int]]:
    """What pages say, region by region: one that was asked for and is not named has no offer."""
    told: list[_Told] = []
    counts = {"titles": 0, "watchmode_offers": 0, "foreign": 0, "rejected": 0}
    for page in pages:
        read = read_offers(_NO_OFFERS if page["status"] == _NO_SUCH_TITLE else bytes(page["body"]))
        counts["rejected"] += len(read.rejected)
        if read.problem is not None:
            continue  # it counted as usable when it was stored; the offers from before stay
        counts["titles"] += 1
        by_region: dict[str, list[tuple[Any, ...]]] = {region: [] for region in page["regions"]}
        for offer in read.rows:
            if offer.region in by_region:
                by_region[offer.region].append(tuple(getattr(offer, name) for name in _OFFER))
            else:
                counts["foreign"] += offer.region not in page["asked"]
        counts["watchmode_offers"] += sum(map(len, by_region.values()))
        title = (page["media_type"], page["tmdb_id"])
        told += [_Told(title, region, page["page_id"], page["sent_at"], offers) for region, offers in by_region.items()]
    return told, counts


def _changes(cursor: psycopg.Cursor[dict[str, Any]], name: LiteralString) -> list[str]:
    return [row["change"] for row in cursor.execute(statement(f"streaming/{name}")).fetchall()]


def _difference(table: _Table, present: dict[str, Any] | None, made: dict[str, Any] | None) -> Difference:
    row = {name: (present or made or {})[name] for name in table.key.split(", ")}
    if present is None or made is None:
        return Difference(table.name, row, only_in="made" if present is None else "present")
    differing = {name: (present[name], made[name]) for name in made if present[name] != made[name]}
    return Difference(table.name, row, columns=differing)


def _of(name: LiteralString, table: _Table) -> LiteralString:
    return statement(f"streaming/{name}").replace("{table}", table.name).replace("{key}", table.key)
