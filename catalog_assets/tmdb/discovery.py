"""Finds titles to keep: lists read page by page until enough new titles are found, and titles asked for by id.

Lists overlap and move between two requests; what counts is which titles they named, not how often.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from catalog_assets.tmdb.lists import ListPage, read_list
from catalog_assets.tmdb.models import MediaType
from catalog_assets.tmdb.store import Client, Store
from resources.errors import CatalogError

log = structlog.get_logger(__name__)

PATHS: Mapping[MediaType, Mapping[str, str]] = {
    "movie": {
        "popular": "/3/movie/popular",
        "now_playing": "/3/movie/now_playing",
        "trending": "/3/trending/movie/week",
        "upcoming": "/3/movie/upcoming",
    },
    "tv": {
        "popular": "/3/tv/popular",
        "now_playing": "/3/tv/airing_today",
        "trending": "/3/trending/tv/week",
        "upcoming": "/3/tv/on_the_air",
    },
}
"""The lists, by the names under which they are asked for (contract: TMDB, "Lists, discovery, changes"). Series are not
playing or upcoming: their counterparts are those with an episode today, and within a week."""

SOURCES: Mapping[str, tuple[str, ...]] = {
    **{name: (name,) for name in PATHS["movie"]},
    "all": tuple(PATHS["movie"]),
    "mixed_daily": ("now_playing", "trending"),
    "mixed_weekly": ("popular", "trending"),
}
"""What a run may read: one list, or several in turn."""

LAST_PAGE: Mapping[str, int] = {"trending": 5}
"""Where paging is not documented to go on."""


class UnknownSource(CatalogError):  # noqa: N818 - named for what happened, as the others
    """A run was asked to read a list that there is not."""


def lists_of(source: str) -> tuple[str, ...]:
    """The lists of a source.

    Raises:
        UnknownSource: there is no such source.
    """
    if source not in SOURCES:
        raise UnknownSource(f"There is no list {source!r}: choose one of {', '.join(SOURCES)}.")
    return SOURCES[source]


@dataclass(slots=True)
class Discovered:
    """What lists held.

    Attributes:
        pages: read.
        checked: titles that the lists named, each once.
        added: titles that were not kept before and are now.
        rejected: rows of lists that cannot be used, such as one without an id; their pages keep them.
        problem: which list could not be read to where it should be; None if all could.
    """

    pages: int = 0
    checked: int = 0
    added: int = 0
    rejected: int = 0
    problem: str | None = None


@dataclass(slots=True)
class _List:
    name: str
    new: list[int] = field(default_factory=list)
    is_over: bool = False


async def discover(client: Client, store: Store, *, source: str, most: int, media_type: MediaType) -> Discovered:
    """Reads lists, and begins to keep as many new titles as asked for, in the lists' order.

    Args:
        client: what answers.
        store: where pages and titles are kept.
        source: one of `SOURCES`.
        most: new titles to keep at most.
        media_type: of the titles.

    Raises:
        UnknownSource: there is no such source.
        ServiceError: TMDB refuses the credential, or gave up answering.
    """
    lists = [_List(name) for name in lists_of(source)]
    found, seen, new = Discovered(), set[int](), dict[int, str]()
    number = 0
    while len(new) < most and any(not each.is_over for each in lists):
        number += 1
        reading = [each for each in lists if not each.is_over]
        pages = await asyncio.gather(*(_read(client, store, each, number, media_type) for each in reading))
        for each, page in zip(reading, pages, strict=True):
            found.pages += 1
            found.rejected += len(page.rejected)
            seen.update(row.tmdb_id for row in page.rows)
            new.update({tmdb_id: each.name for tmdb_id in each.new if tmdb_id not in new})
            last = min(page.total_pages, LAST_PAGE.get(each.name, page.total_pages))
            each.is_over = page.problem is not None or number >= last
            if page.problem is not None:
                found.problem = f"page {number} of {PATHS[media_type][each.name]}: {page.problem}"
    chosen = list(new)[:most]
    for each in lists:
        wanted = [tmdb_id for tmdb_id in chosen if new[tmdb_id] == each.name]
        if wanted:
            await want(store, wanted, wanted_by=each.name, media_type=media_type)
    found.checked, found.added = len(seen), len(chosen)
    return found


async def want(store: Store, tmdb_ids: Sequence[int], *, wanted_by: str, media_type: MediaType) -> list[int]:
    """Begins to keep titles; returns the works of all these ids, also of those kept before."""
    ids = {"media_type": media_type, "tmdb_ids": list(tmdb_ids)}
    async with store.transaction() as writing:
        await writing.rows("want_titles", {**ids, "wanted_by": wanted_by})
        return [row["work_id"] for row in await writing.rows("find_titles", ids)]


async def _read(client: Client, store: Store, reading: _List, number: int, media_type: MediaType) -> ListPage:
    """One page of a list, stored with what it names; notes in the list which of these are not kept yet."""
    answer = await client.get(PATHS[media_type][reading.name], {"language": "en-US", "page": str(number)})
    page = read_list(answer.body, media_type)
    async with store.transaction() as writing:
        page_id = await writing.page(answer, "list", media_type, source=reading.name, problem=page.problem)
        new = await writing.rows(
            "store_entries",
            {"page_id": page_id, "media_type": media_type, "tmdb_ids": [row.tmdb_id for row in page.rows]},
        )
    reading.new = [row["tmdb_id"] for row in new]
    if page.problem is not None or page.rejected:
        why = {"problem": page.problem, "rejected": page.rejected}
        log.warning("list not read whole", source=reading.name, page=number, **why)
    return page
