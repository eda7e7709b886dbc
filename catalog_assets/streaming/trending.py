"""What is trending: lists are asked for, what their pages name is written down, and an hour's snapshots are made of it.

A service's lists are described once (`Lists`); asking, making and replaying are the same for all. Scores, order and
ranks are made in SQL (requirements: streaming, "Methods used before" and faults R4, R12 to R15). Knows no Dagster.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, LiteralString

import psycopg
import structlog
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from catalog_assets.streaming.cache import answered
from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Schema, Store
from catalog_assets.streaming.tmdb_rows import read_rows
from catalog_assets.tmdb.models import MediaType
from resources.errors import CatalogError, ServiceError
from resources.statements import statement

log = structlog.get_logger(__name__)

TimeWindow = Literal["day", "week"]

LISTED: Sequence[tuple[MediaType, TimeWindow]] = (("movie", "day"), ("movie", "week"), ("tv", "day"), ("tv", "week"))
"""The lists that each service has: a kind of title, and over what is counted."""

NAMES_NOTHING = "it lists no title that can be used"
PAGES_AT_ONCE = 200
"""Pages read together by a replay: some megabytes."""


class NothingToRank(CatalogError):  # noqa: N818 - named for what happened, as the others
    """No usable page of a trending list is stored from before an hour's end."""


@dataclass(frozen=True, slots=True)
class Listed:
    """What a page lists.

    Attributes:
        rows: its titles, and what cannot be used, as `Lists.columns` names their values.
        usable: how many of them can be used.
        problem: why the page as a whole cannot be used.
    """

    rows: Sequence[tuple[Any, ...]]
    usable: int
    problem: str | None


@dataclass(frozen=True, slots=True)
class Lists:
    """The trending lists of a service.

    Attributes:
        schema: where its pages, what they list and its snapshots stand.
        request: how one of its lists is asked for.
        read: reads a page; never raises.
        columns: of `trending_items` that `read` fills, beside `page_id`.
        beside: lists that take part in its aggregate.
        finds_ids: whether what is listed without TMDB's number is looked up.
    """

    schema: Schema
    request: Callable[[MediaType, TimeWindow], Request]
    read: Callable[[bytes, MediaType], Listed]
    columns: LiteralString
    beside: tuple["Lists", ...] = ()
    finds_ids: bool = False

    def statement(self, name: LiteralString) -> LiteralString:
        """A statement of `sql/streaming` that is alike for all, for the tables of this schema."""
        schema: LiteralString = "streaming" if self.schema == "streaming" else "trakt"
        return statement(f"streaming/{name}").replace("{schema}", schema)


@dataclass(frozen=True, slots=True)
class Made:
    """What an hour's snapshots hold.

    Attributes:
        snapshots: one a kind of title, window and source.
        stale: how many rest on an answer past its time to live.
        entries: ranks, all snapshots together.
        new_entries: those that the snapshot before did not have; 0 in the first.
        dropped: what the pages list and cannot be used.
        answer_age_h: hours since the oldest answer that took part was asked for.
    """

    snapshots: int
    stale: int
    entries: int
    new_entries: int
    dropped: int
    answer_age_h: float


async def ask_for_lists(client: Client, store: Store, lists: Lists, *, force: bool = False) -> list[str]:
    """Asks for the lists that are not fresh; one that fails leaves its older answer in place and stops no other.

    Returns:
        Why asking failed, for each list of which an older answer was left as it is.

    Raises:
        ServiceError: a list was never had, and could not be had now; the others were asked for all the same.
    """
    stale, failed = list[str](), list[ServiceError]()
    for media_type, time_window in LISTED:
        try:
            answer = await answered(
                client,
                store,
                lists.request(media_type, time_window),
                read=lambda body, media_type=media_type: lists.read(body, media_type).problem,  # type: ignore[misc]
                force=force,
            )
        except ServiceError as never_had:
            log.warning("list never had", media_type=media_type, time_window=time_window, failure=str(never_had))
            failed.append(never_had)
            continue
        if answer.is_stale:
            stale.append(f"{media_type}, {time_window}: {answer.failure}")
    if failed:
        raise failed[0]
    return stale


def make_snapshots(connection: psycopg.Connection, lists: Lists, hour: datetime) -> Made:
    """Makes an hour's snapshots of the newest usable pages from before its end, in place of those there are.

    All are replaced together, in one transaction. While the hour lasts they are of this instant.

    Args:
        connection: to the source database.
        lists: whose.
        hour: its beginning, UTC.

    Raises:
        NothingToRank: no such page is stored; what there was stays.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_trending"))
        (clock,) = cursor.execute(statement("ops/read_now")).fetchall()
        (fresh,) = cursor.execute(statement("streaming/read_trending_ttls")).fetchall()
        instant = {"hour": hour, "made_at": clock["now"]}
        for each in (lists, *lists.beside):
            unread = cursor.execute(each.statement("find_unread_trending"), instant).fetchall()
            _write_items(cursor, each, unread)
            if each.finds_ids and unread:
                page_ids = [page["page_id"] for page in unread]
                cursor.execute(statement("trakt/map_trending_items"), {"page_ids": page_ids})
        _write_snapshots(cursor, lists, [{**instant, "ttls": fresh["ttls"]}])
        made = _counted(connection, lists, hour)
        if not made.snapshots:
            raise NothingToRank(
                f"No usable page of a trending list is stored from before the end of the hour {hour:%Y-%m-%d %H:%M} "
                "UTC: a service tells only what is trending now, so materialize the present hour."
            )
    return made


def leading_titles(connection: psycopg.Connection, lists: Lists, hour: datetime) -> dict[str, int]:
    """The ranks, in an hour, of the films and series that led its day so far, by title; one that left is not there."""
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(lists.statement("list_leading_titles"), {"hour": hour}).fetchall()
    return {row["title"]: row["rank"] for row in found if row["rank"] is not None}


def make_again(cursor: psycopg.Cursor[dict[str, Any]], lists: Lists) -> int:
    """Makes all that was made of a service's pages again, in the caller's transaction; returns how many hours.

    What the present rows say must stand in the temporary table `present_trending`: numbers that no page tells are taken
    from it.
    """
    hours = cursor.execute(lists.statement("list_trending_hours")).fetchall()
    page_ids = [row["page_id"] for row in cursor.execute(lists.statement("list_read_trending")).fetchall()]
    cursor.execute(lists.statement("clear_trending_items"))
    for first in range(0, len(page_ids), PAGES_AT_ONCE):
        asked = {"page_ids": page_ids[first : first + PAGES_AT_ONCE]}
        _write_items(cursor, lists, cursor.execute(lists.statement("read_trending_pages"), asked).fetchall())
    if lists.finds_ids:
        cursor.execute(statement("trakt/keep_trending_ids"))
    _write_snapshots(cursor, lists, hours)
    return len(hours)


def _write_items(cursor: psycopg.Cursor[dict[str, Any]], lists: Lists, pages: Iterable[dict[str, Any]]) -> None:
    copied = lists.statement("copy_trending_items").replace("{columns}", f"page_id, {lists.columns}")
    with cursor.copy(copied) as copy:
        for page in pages:
            for row in lists.read(page["body"], page["media_type"]).rows:
                copy.write_row((page["page_id"], *row))


def _write_snapshots(cursor: psycopg.Cursor[dict[str, Any]], lists: Lists, hours: Sequence[dict[str, Any]]) -> None:
    asked = {
        "hours": [each["hour"] for each in hours],
        "made_ats": [each["made_at"] for each in hours],
        "ttls": [Jsonb(each["ttls"]) for each in hours],
    }
    cursor.execute(lists.statement("delete_trending_snapshots"), asked)
    cursor.execute(statement(f"{lists.schema}/write_trending_snapshots"), asked)


def _counted(connection: psycopg.Connection, lists: Lists, hour: datetime) -> Made:
    with connection.cursor(row_factory=class_row(Made)) as cursor:
        return cursor.execute(lists.statement("count_trending"), {"hour": hour}).fetchall()[0]


def _tmdb_request(media_type: MediaType, time_window: TimeWindow) -> Request:
    return Request(
        service="tmdb",
        endpoint="trending",
        rule="tmdb_trending",
        path=f"/3/trending/{media_type}/{time_window}",
        params={"language": "en-US"},
        media_type=media_type,
        time_window=time_window,
    )


def _read_tmdb(body: bytes, media_type: MediaType) -> Listed:
    page = read_rows(body, media_type)
    rows: list[tuple[Any, ...]] = [
        (
            *(row.place, row.tmdb_id, row.title, row.release_date, row.poster_path, row.backdrop_path, row.overview),
            *(row.vote_average, row.vote_count, row.popularity, None),
        )
        for row in page.rows
    ]
    rejected = [(place, *[None] * 9, reason) for place, reason in page.rejected.items()]
    return Listed([*rows, *rejected], len(rows), page.problem if rows or page.problem else NAMES_NOTHING)


TMDB_LISTS = Lists(
    schema="streaming",
    request=_tmdb_request,
    read=_read_tmdb,
    columns=(
        "place, tmdb_id, title, release_date, poster_path, backdrop_path, overview, vote_average, vote_count,"
        " popularity, problem"
    ),
)
"""TMDB's lists: the first page of each, 20 titles (contracts: TMDB, sections 3 and 7)."""
