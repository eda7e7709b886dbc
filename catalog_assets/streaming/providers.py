"""Who offers titles, where, and under which numbers and names the sources know them.

A provider is one service, whatever its numbers: TMDB has several for some (Amazon Prime Video 9 and 119), TMDB and
Watchmode have unrelated ones, and names are spelled in several ways. Numbers of one name are one provider, spelling
apart; where a name misleads, `streaming.provider_aliases` says by number what is meant. An offer is always found by its
number, so a number with two names is still one provider. Nothing here knows Dagster.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString, NotRequired

import psycopg
from psycopg.rows import class_row, dict_row

from catalog_assets.streaming.cache import answered
from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.watchmode import read_sources
from catalog_assets.streaming.watchmode_credits import know_month
from catalog_assets.streaming.watchmode_models import Source
from catalog_assets.tmdb import models
from catalog_assets.tmdb.columns import image_path, image_url, known_text
from catalog_assets.tmdb.details import read_object, unusable
from resources.errors import BudgetSpent, ServiceError
from resources.statements import statement

LOGO_SIZE = "w92"

MOST_PROVIDER_ID = 2**18 - 1
"""The greatest number of TMDB's that a listing has room for; those there are have four digits."""

TMDB_DIRECTORIES = (
    Request("tmdb", "watch_providers", "tmdb_reference", "/3/watch/providers/movie", media_type="movie"),
    Request("tmdb", "watch_providers", "tmdb_reference", "/3/watch/providers/tv", media_type="tv"),
    Request("tmdb", "watch_regions", "tmdb_reference", "/3/watch/providers/regions"),
)
"""Who offers films, who offers series, and the countries (contracts: TMDB, section 5)."""

WATCHMODE_DIRECTORIES = (Request("watchmode", "sources", "watchmode_reference", "/v1/sources"),)
"""Watchmode's services, for one unit (contracts: Watchmode, section 5)."""

_PURCHASE = ("rent", "buy")
"""What Watchmode's directory means by `purchase` (contracts: Watchmode, section 4)."""


class _Provider(models.Shaped):
    """A provider in TMDB's directory."""

    provider_id: models.Int64
    provider_name: models.Name
    logo_path: NotRequired[str | None]
    display_priority: NotRequired[models.Int32 | None]
    display_priorities: NotRequired[dict[models.Name, models.Int32] | None]


class _Region(models.Shaped):
    """A country in TMDB's list."""

    iso_3166_1: models.Name
    english_name: NotRequired[models.Name | None]
    native_name: NotRequired[models.Name | None]


@dataclass(frozen=True, slots=True)
class Listed:
    """A provider as a directory lists it.

    Attributes:
        source: `tmdb` or `watchmode`.
        source_id: its number there.
        name: as written there, without space around it.
        logo_url: None if there is none.
        display_priority: TMDB's place of it, the smallest first.
        words: how it offers titles, in the source's words.
        regions: where, ISO 3166-1 alpha-2, each with TMDB's place of it there.
    """

    source: str
    source_id: int
    name: str
    logo_url: str | None = None
    display_priority: int | None = None
    words: Sequence[str] = ()
    regions: dict[str, int | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Directory:
    """A page of TMDB's directory, read.

    Attributes:
        providers: in the order of the page, each number once.
        rejected: why a row cannot be used, by its place. A reason quotes no value.
        problem: why the page as a whole cannot be used.
    """

    providers: list[Listed] = field(default_factory=list)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class RegionList:
    """TMDB's list of countries, read: names by ISO 3166-1 alpha-2; the rest as of a `Directory`."""

    names: dict[str, str] = field(default_factory=dict)
    rejected: dict[int, str] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class ProvidersCounted:
    """Providers, TMDB's and Watchmode's numbers for them, and regions."""

    providers: int
    tmdb_ids: int
    watchmode_ids: int
    regions: int


def read_directory(body: bytes) -> Directory:
    """Reads TMDB's providers of films or of series. Never raises: what is wrong is said in the directory."""
    rows = _results(body)
    if isinstance(rows, str):
        return Directory(problem=rows)
    found: dict[int, Listed] = {}
    rejected = {}
    for place, row in enumerate(rows):
        reason = _unusable(row, _Provider)
        if reason is None and not 1 <= row["provider_id"] <= MOST_PROVIDER_ID:
            reason = "provider_id: it is none"
        if reason is None and known_text(row["provider_name"]) is None:
            reason = "provider_name: it is empty"
        if reason is not None:
            rejected[place] = reason
            continue
        priorities = row.get("display_priorities") or {}
        listed = Listed(
            "tmdb",
            row["provider_id"],
            row["provider_name"].strip(),
            image_url(LOGO_SIZE, image_path(row.get("logo_path"))),
            row.get("display_priority"),
            regions={region: place for region, place in sorted(priorities.items()) if _is_region(region)},
        )
        found.setdefault(listed.source_id, listed)
    if rejected and not found:
        return Directory(rejected=rejected, problem=f"none of its {len(rows)} rows can be used: {rejected[0]}")
    return Directory(list(found.values()), rejected)


def read_region_list(body: bytes) -> RegionList:
    """Reads the countries that TMDB has providers of. Never raises: what is wrong is said in the list."""
    rows = _results(body)
    if isinstance(rows, str):
        return RegionList(problem=rows)
    names: dict[str, str] = {}
    rejected = {}
    for place, row in enumerate(rows):
        reason = _unusable(row, _Region)
        if reason is None and not _is_region(row["iso_3166_1"]):
            reason = "iso_3166_1: it is none"
        if reason is not None:
            rejected[place] = reason
        else:
            name = known_text(row.get("english_name")) or known_text(row.get("native_name")) or row["iso_3166_1"]
            names.setdefault(row["iso_3166_1"], name)
    if rejected and not names:
        return RegionList(rejected=rejected, problem=f"none of its {len(rows)} rows can be used: {rejected[0]}")
    return RegionList(names, rejected)


def directory_problem(endpoint: str, body: bytes) -> str | None:
    """Why an answer of a directory cannot be used, by this release; None where it can."""
    return _READERS[endpoint](body)


async def ask_for_directories(
    client: Client, store: Store, requests: Iterable[Request], *, force: bool = False
) -> list[str]:
    """Asks for what is not fresh of a service's directories. One that fails costs itself alone.

    Watchmode is asked first what is left of the month, and for nothing if nobody knows.

    Args:
        client: of the service.
        store: where answers are kept.
        requests: `TMDB_DIRECTORIES` or `WATCHMODE_DIRECTORIES`.
        force: ask whatever is stored; pace and budget hold.

    Returns:
        Why an older answer stays in use, or none is had; nothing where all is as it should be.
    """
    failures = list[str]()
    for request in requests:
        if request.service == "watchmode":
            is_known, problem = await know_month(client, store)
            failures += [f"status: {problem}"] if problem is not None else []
            if not is_known:
                continue
        try:
            answer = await answered(client, store, request, read=_READERS[request.endpoint], force=force)
        except BudgetSpent:
            break  # a normal end of work: the directory comes with a later unit
        except ServiceError as failed:
            failures.append(f"{request.endpoint}: {failed}")
            continue
        if answer.failure is not None:
            failures.append(f"{request.endpoint}: {answer.failure}")
    return failures


def merge_providers(connection: psycopg.Connection) -> ProvidersCounted:
    """Makes providers, their numbers and regions from the newest usable directories, in one transaction.

    Args:
        connection: an autocommit connection.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_availability"))
        pages = cursor.execute(statement("streaming/read_directories")).fetchall()
        write_directories(cursor, pages, unlisted="delete_provider_ids")
    return count_providers(connection)


def write_directories(
    cursor: psycopg.Cursor[dict[str, Any]], pages: Sequence[dict[str, Any]], *, unlisted: LiteralString
) -> None:
    """Makes the tables what directories say, in the transaction at hand, under the lock of availability.

    A source without a directory among the pages is left as it is.

    Args:
        cursor: of rows as dictionaries.
        pages: of directories, each once: `page_id`, `service`, `endpoint`, `media_type`, `body`.
        unlisted: the statement that removes numbers that no directory lists.
    """
    cursor.execute(statement("streaming/create_directory"))
    cursor.execute(statement("streaming/create_directory_regions"))
    with cursor.copy(statement("streaming/copy_directory")) as copy:
        for row in _directory_rows(pages):
            copy.write_row(row)
    with cursor.copy(statement("streaming/copy_directory_regions")) as copy:
        for page in pages:
            if page["endpoint"] == "watch_regions":
                for region, name in read_region_list(bytes(page["body"])).names.items():
                    copy.write_row((region, name, page["page_id"]))
    for name in (
        "write_provider_ids",
        unlisted,
        "delete_provider_regions",
        "write_provider_regions",
        "write_regions",
        "delete_regions",
    ):
        cursor.execute(statement(f"streaming/{name}"))
    identify_providers(cursor.connection)
    cursor.execute(statement("streaming/delete_unnamed_providers"))


def identify_providers(connection: psycopg.Connection) -> None:
    """Says of every number which provider it means, in the transaction at hand, under the lock of availability."""
    for name in ("identify_providers", "assign_providers", "describe_providers"):
        connection.execute(statement(f"streaming/{name}"))


def count_providers(connection: psycopg.Connection) -> ProvidersCounted:
    """Counts what there is."""
    with connection.cursor(row_factory=class_row(ProvidersCounted)) as cursor:
        return cursor.execute(statement("streaming/count_providers")).fetchall()[0]


def _directory_rows(pages: Iterable[dict[str, Any]]) -> Iterator[tuple[Any, ...]]:
    """Every number once: what films and series share is named as films' directory does, with the regions of both."""
    found: dict[tuple[str, int], tuple[Listed, int]] = {}
    for page in sorted(pages, key=lambda page: (page["endpoint"], page["media_type"] or "")):
        for listed in _listed(page["endpoint"], bytes(page["body"])):
            first, page_id = found.setdefault((listed.source, listed.source_id), (listed, page["page_id"]))
            for region, place in listed.regions.items():
                known = first.regions.setdefault(region, place)
                first.regions[region] = min((each for each in (known, place) if each is not None), default=None)
            # the older of two answers may go first, and what they name goes with one of them
            found[listed.source, listed.source_id] = (first, max(page_id, page["page_id"]))
    for listed, page_id in found.values():
        yield (
            listed.source,
            listed.source_id,
            listed.name,
            listed.logo_url,
            listed.display_priority,
            list(listed.words),
            page_id,
            list(listed.regions),
            list(listed.regions.values()),
        )


def _listed(endpoint: str, body: bytes) -> list[Listed]:
    match endpoint:
        case "watch_providers":
            return read_directory(body).providers
        case "sources":
            return [_of_watchmode(source) for source in read_sources(body).rows]
        case _:
            return []


def _of_watchmode(source: Source) -> Listed:
    words = _PURCHASE if source.type == "purchase" else (source.type,) if source.type else ()
    regions: dict[str, int | None] = {region: None for region in source.regions if _is_region(region)}
    return Listed("watchmode", source.id, source.name, source.logo_100px, words=words, regions=regions)


def _results(body: bytes) -> list[Any] | str:
    """The rows of an answer, or why there are none."""
    try:
        answer = read_object(body)
    except ValueError as refused:
        return str(refused)
    rows = answer.get("results")
    return rows if isinstance(rows, list) else "results: it is not a list"


def _unusable(row: object, model: type[models.Shaped]) -> str | None:
    named = {key: row[key] for key in model.__annotations__ if key in row} if isinstance(row, dict) else row
    return unusable(named, model)


def _is_region(text: str) -> bool:
    return len(text) == 2 and text.isascii() and text.isalpha() and text.isupper()


_READERS: dict[str, Callable[[bytes], str | None]] = {
    "watch_providers": lambda body: read_directory(body).problem,
    "watch_regions": lambda body: read_region_list(body).problem,
    "sources": lambda body: read_sources(body).problem,
}
