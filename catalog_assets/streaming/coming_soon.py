"""What is about to come, by title and region (requirements: streaming, RS9, RS13, faults R10 and R11).

It is told by TMDB's lists of upcoming films in a region, by the next episodes and seasons of its series, and by
Watchmode's releases. A merge makes the tables anew from the stored pages, as a whole and in one transaction. The days
that Watchmode announces move: what it said of a title on a service stands in `streaming.release_dates`, word for word,
as long as its pages may be kept. Nothing here knows Dagster.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
import psycopg
import zstandard
from psycopg.rows import class_row, dict_row

from catalog_assets.streaming.cache import Answered, answered
from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.tmdb_rows import Rows, read_rows
from catalog_assets.streaming.watchmode import Releases, read_releases
from catalog_assets.streaming.watchmode_credits import know_month
from catalog_assets.tmdb.columns import iso_date
from catalog_assets.tmdb.details import read_object
from resources.errors import ServiceError
from resources.statements import statement

RULE = "coming_soon"
"""How long answers count as fresh (requirements: streaming, RS19)."""

DAYS_AHEAD = 30
"""How far Watchmode's releases are asked for: as far as it looks ahead by itself (contract: Watchmode, section 7)."""

MOST_RELEASES = 250
"""In one answer: the contract says 500, older texts of the service's 250, and a limit cut short would go unseen. An
answer that holds so many may lack some, and its days are asked for in halves."""

MOST_REQUESTS = 4
"""For releases, each a credit, in one round; one is the rule."""

_PREMIERE = 1
"""A type of release that no audience sees (contract: TMDB, section 5)."""


@dataclass(slots=True)
class Fetched:
    """What a round of asking brought.

    Attributes:
        pages: answers, stored or new.
        problems: what could not be had, and why.
    """

    pages: int = 0
    problems: list[str] = field(default_factory=list)


async def fetch_upcoming(client: Client, store: Store, *, regions: Sequence[str], force: bool = False) -> Fetched:
    """Has every page of TMDB's list of upcoming films in each region.

    A region whose first page is stale is left at that: the service is down, and its older pages are stored.

    Args:
        client: TMDB.
        store: where answers are kept.
        regions: ISO 3166-1 alpha-2.
        force: ask whatever the age of stored answers.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    fetched = Fetched()
    for region in regions:
        first = await _page(client, store, _upcoming(region, 1), _films_problem, fetched, force=force)
        if first is None or first.is_stale:
            continue
        last = read_rows(first.body, "movie").total_pages
        rest = [_upcoming(region, number) for number in range(2, last + 1)]
        await asyncio.gather(*(_page(client, store, each, _films_problem, fetched, force=force) for each in rest))
    return fetched


async def fetch_releases(client: Client, store: Store, *, force: bool = False) -> Fetched:
    """Has Watchmode's releases of the next days, with one credit unless there are too many for one answer.

    Watchmode is asked first what is left of the month, and for nothing if nobody knows.

    Args:
        client: Watchmode.
        store: where answers are kept.
        force: ask whatever the age of stored answers; never beyond the budget.

    Raises:
        DatabaseError: the database cannot be reached.
    """
    fetched = Fetched()
    is_known, problem = await know_month(client, store)
    if problem is not None:
        fetched.problems.append(f"status: {problem}")
    if not is_known:
        return fetched
    today = (await store.rows("read_pacific_day", {}))[0]["day"]
    windows = [(today, today + timedelta(days=DAYS_AHEAD))]
    for asked in range(MOST_REQUESTS):
        if not windows:
            break
        first, last = windows.pop(0)
        answer = await _page(client, store, _releases(first, last), _releases_problem, fetched, force=force)
        if answer is None:
            break
        if not _is_whole(answer.body) and first < last:
            middle = first + (last - first) / 2
            windows += [(first, middle), (middle + timedelta(days=1), last)]
        if windows and asked + 1 == MOST_REQUESTS:
            fetched.problems.append(f"releases: {len(windows)} spans of days were not asked for, to spare the budget")
    return fetched


def _upcoming(region: str, page: int) -> Request:
    params = {"language": "en-US", "page": str(page), "region": region}
    return Request("tmdb", "upcoming", RULE, "/3/movie/upcoming", params, "movie", region=region)


def _releases(first: date, last: date) -> Request:
    days = {"start_date": f"{first:%Y%m%d}", "end_date": f"{last:%Y%m%d}"}
    return Request("watchmode", "releases", RULE, "/v1/releases", {**days, "limit": str(MOST_RELEASES)}, region="US")


def _films_problem(body: bytes) -> str | None:
    return read_rows(body, "movie").problem


def _releases_problem(body: bytes) -> str | None:
    return read_releases(body).problem


def _is_whole(body: bytes) -> bool:
    """Whether a usable answer holds fewer rows than it may; those that repeat another count."""
    answer = orjson.loads(body)
    return len(answer["releases"] if isinstance(answer, dict) else answer) < MOST_RELEASES


async def _page(
    client: Client,
    store: Store,
    request: Request,
    read: Callable[[bytes], str | None],
    fetched: Fetched,
    *,
    force: bool,
) -> Answered | None:
    """An answer, counted; None where none is to be had: the others are asked for all the same."""
    what = " ".join(
        (request.endpoint, *(request.params[name] for name in ("region", "page") if name in request.params))
    )
    try:
        answer = await answered(client, store, request, read=read, force=force)
    except ServiceError as failed:
        fetched.problems.append(f"{what}: {failed}")
        return None
    fetched.pages += 1
    if answer.failure is not None:
        fetched.problems.append(f"{what}: {answer.failure}")
    return answer


@dataclass(frozen=True, slots=True)
class ComingSoon:
    """What a merge made.

    Attributes:
        made_at: its instant.
        pages: stored answers that it read.
        rejected: rows of these that cannot be used.
        releases: that Watchmode announces now, of any date.
        unmapped: of these, those whose title has no number of TMDB's: left out.
        rows: titles, each once a region.
    """

    made_at: datetime
    pages: int
    rejected: int
    releases: int
    unmapped: int
    rows: int


def make_coming_soon(connection: psycopg.Connection, *, regions: Sequence[str], run_id: str) -> ComingSoon:
    """Makes what is coming anew from the stored pages and TMDB's series, in one transaction.

    Args:
        connection: an autocommit connection, or one within a transaction.
        regions: those that rows are made for, ISO 3166-1 alpha-2.
        run_id: the Dagster run.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_coming_soon"))
        made_at = cursor.execute(statement("streaming/read_now")).fetchall()[0]["now"]
        read = write_coming_soon(connection, made_at=made_at, regions=regions)
        (counts,) = cursor.execute(
            statement("streaming/log_coming_soon"),
            {
                "run_id": run_id,
                "made_at": made_at,
                "regions": list(regions),
                "page_ids": read.page_ids,
                "details_page_ids": read.details_page_ids,
                "rejected": read.rejected,
            },
        ).fetchall()
    return ComingSoon(made_at, len(read.page_ids), read.rejected, **counts)


@dataclass(frozen=True, slots=True)
class Counts:
    """What is coming now.

    Attributes:
        rows: titles, each once a region.
        films: of these.
        series: of these.
        with_announced_services: of these, those that Watchmode announces for a service.
        dates_superseded: words of Watchmode's about a date that others followed, or that were withdrawn.
    """

    rows: int
    films: int
    series: int
    with_announced_services: int
    dates_superseded: int


def count_coming_soon(connection: psycopg.Connection) -> Counts:
    """Counts what is coming now."""
    with connection.cursor(row_factory=class_row(Counts)) as cursor:
        return cursor.execute(statement("streaming/count_coming_soon")).fetchall()[0]


@dataclass(slots=True)
class PagesRead:
    """Which pages a merge read, of `streaming.pages` and of `tmdb.pages`, and how many of their rows it rejected."""

    page_ids: list[int] = field(default_factory=list)
    details_page_ids: list[int] = field(default_factory=list)
    rejected: int = 0


def write_coming_soon(
    connection: psycopg.Connection,
    *,
    made_at: datetime,
    regions: Sequence[str],
    page_ids: Collection[int] | None = None,
    details_page_ids: Collection[int] | None = None,
) -> PagesRead:
    """Writes the tables as of an instant, within the caller's transaction, who holds the lock.

    Args:
        connection: within a transaction, where this is done once.
        made_at: what is dated after its day (UTC) is coming.
        regions: ISO 3166-1 alpha-2.
        page_ids: the stored pages to read; the newest if left out.
        details_page_ids: the pages of films' details to take dates by country from; the newest if left out.
    """
    read = PagesRead()
    for name in ("upcoming", "regional_dates", "release_pages", "announced"):
        connection.execute(statement(f"streaming/create_{name}"))
    lists: dict[str, dict[int, tuple[dict[str, Any], Rows]]] = defaultdict(dict)
    releases = list[tuple[dict[str, Any], Releases]]()
    wanted = {"regions": list(regions), "page_ids": _listed(page_ids)}
    with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        for page in cursor.execute(statement("streaming/read_coming_soon_pages"), wanted):
            if page["service"] == "tmdb":
                lists[page["region"]][int(page["params"]["page"])] = page, read_rows(page["body"], "movie")
            else:
                releases.append((page, read_releases(page["body"])))
    _stage_upcoming(connection, lists, read)
    _stage_releases(connection, releases, read)
    _stage_regional_dates(connection, regions, _listed(details_page_ids), read)
    for name in ("clear_release_dates", "write_release_dates", "clear_coming_soon"):
        connection.execute(statement(f"streaming/{name}"))
    connection.execute(statement("streaming/write_coming_soon"), {"made_at": made_at, "regions": list(regions)})
    return read


def _stage_upcoming(
    connection: psycopg.Connection,
    lists: Mapping[str, Mapping[int, tuple[dict[str, Any], Rows]]],
    read: PagesRead,
) -> None:
    """Copies the rows of each region's list, as long as its first page says that it is: older pages lie beyond."""
    rows = list[Sequence[Any]]()
    for region, pages in lists.items():
        last = pages[1][1].total_pages if 1 in pages else 0
        for number, (page, listed) in pages.items():
            if number > max(last, 1):
                continue
            read.page_ids.append(page["page_id"])
            read.rejected += len(listed.rejected)
            rows += (
                (
                    *(region, number, row.place, page["sent_at"], row.tmdb_id, row.title, row.release_date),
                    *(row.poster_path, row.backdrop_path, row.overview),
                )
                for row in listed.rows
            )
    _copy(connection, "copy_upcoming", rows)


def _stage_releases(
    connection: psycopg.Connection, pages: Sequence[tuple[dict[str, Any], Releases]], read: PagesRead
) -> None:
    """Copies what each answer says about releases, and which days it covers."""
    covered, announced = list[Sequence[Any]](), list[Sequence[Any]]()
    for page, listed in pages:
        read.page_ids.append(page["page_id"])
        read.rejected += len(listed.rejected)
        days = (_day(page["params"]["start_date"]), _day(page["params"]["end_date"]))
        covered.append((page["page_id"], page["sent_at"], *days, _is_whole(page["body"])))
        for row in listed.rows:
            # A number of TMDB's means nothing without its type.
            known = (row.tmdb_type, row.tmdb_id) if row.tmdb_type and row.tmdb_id else (None, None)
            announced.append(
                (
                    *(page["page_id"], row.id, row.source_id, row.season_number, row.source_release_date),
                    *(row.title, row.source_name, row.is_original, *known),
                )
            )
    _copy(connection, "copy_release_pages", covered)
    _copy(connection, "copy_announced", announced)


def _stage_regional_dates(
    connection: psycopg.Connection, regions: Sequence[str], details_page_ids: list[int] | None, read: PagesRead
) -> None:
    """Copies the first dates by region of the films on the lists, as far as their details are kept."""
    rows = list[Sequence[Any]]()
    with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        wanted = {"details_page_ids": details_page_ids}
        for page in cursor.execute(statement("streaming/read_release_details"), wanted):
            read.details_page_ids.append(page["page_id"])
            dates = first_dates(read_object(zstandard.ZstdDecompressor().decompress(page["body"])))
            rows += ((page["tmdb_id"], region, dates[region]) for region in regions if region in dates)
    _copy(connection, "copy_regional_dates", rows)


def first_dates(details: Mapping[str, Any]) -> dict[str, str]:
    """The first day of a film in each country that it is released in, by its details' block `release_dates`.

    Premieres are left out: what a festival shows is not out.
    """
    dates: dict[str, str] = {}
    for country in details["release_dates"]["results"]:
        days = [
            day
            for release in country["release_dates"]
            if release.get("type") != _PREMIERE
            and (day := iso_date((release.get("release_date") or "")[:10])) is not None
        ]
        if days:
            dates[country["iso_3166_1"]] = min(days)
    return dates


def _copy(connection: psycopg.Connection, name: str, rows: Iterable[Sequence[Any]]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement(f"streaming/{name}")) as copy:
        for row in rows:
            copy.write_row(row)


def _listed(ids: Collection[int] | None) -> list[int] | None:
    return None if ids is None else list(ids)


def _day(digits: str) -> date:
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
