"""The tables of works made again from stored pages, without a request: the proof that pages are the record.

A replay empties the tables and repeats the logged merges one by one, each with its pages and at its instant, in one
transaction: readers see the present tables until it ends, and merges wait. First every page is judged anew, for what a
release takes from a page another may refuse. Everything is rolled back at the end, or kept when asked. Two things no
page tells are taken over: the schema version of a work, and since when something is so that began with a page which
retention has removed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
import zstandard
from psycopg.rows import class_row, dict_row

from catalog_assets.tmdb.details import read_details
from catalog_assets.tmdb.merge import LoggedMerge, repeat_merge
from resources.statements import statement

SHOWN = 5
"""How many differences a result lists of each table; it counts all."""

PAGES_AT_ONCE = 200
"""Pages read together to be judged: some megabytes."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that merges write.

    Attributes:
        key: The columns that name a row.
        surrogates: Columns that are numbered by arrival, so they are not compared.
    """

    name: LiteralString
    key: LiteralString = "work_id"
    surrogates: tuple[str, ...] = ()


_TABLES = (
    _Table("contents"),
    _Table("details"),
    _Table("tv_series"),
    _Table("tv_seasons", "work_id, season_number"),
    _Table("tv_episodes", "work_id, season_number, episode_number"),
    _Table("rating_sources", "work_id, source_name", surrogates=("rating_id",)),
    _Table("aggregates", "work_id, method_version"),
    _Table("similar_movies", "work_id, similar_tmdb_id, source"),
    _Table("work_cards_cache"),
    _Table("page_merges", "page_id"),
)


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that is not as it was.

    Attributes:
        table: Where it stands; `pages`: how a page is judged.
        row: The columns that name it.
        only_in: `present` or `made`, if only one of both tables has it.
        columns: Otherwise what differs, each as its present value and the one made.
    """

    table: str
    row: dict[str, Any]
    only_in: str | None = None
    columns: dict[str, tuple[Any, Any]] | None = None


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay made.

    Attributes:
        merges: Merges repeated.
        rows: Rows compared, by table; of `pages` those judged anew.
        differences: How many of them differ, by table.
        shown: The first of these of each table.
        swapped: Whether what was made took the place of the present tables.
        not_made: What cannot be made again, and why; it stays as it is.
    """

    merges: int
    rows: dict[str, int]
    differences: dict[str, int]
    shown: list[Difference]
    swapped: bool
    not_made: list[str] = field(default_factory=list)


def replay(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes the tables of works again and compares them; with `swap` they take the place of the present ones.

    Args:
        connection: An autocommit connection to the source database.
        swap: Keep what was made, and how pages are judged now.
    """
    with connection.transaction(force_rollback=not swap):
        connection.execute(statement("tmdb/lock_merge"))
        judged, found = _judge_pages(connection)
        rows, differences, shown = {"pages": judged}, {"pages": len(found)}, found[:SHOWN]
        for table in _TABLES:
            connection.execute(_of("tmdb/copy_table", table))
            connection.execute(_of("tmdb/clear_table", table))
        connection.execute(statement("tmdb/index_copies"))
        with connection.cursor(row_factory=class_row(LoggedMerge)) as cursor:
            logged = cursor.execute(statement("tmdb/list_merges")).fetchall()
        for merge in logged:
            repeat_merge(connection, merge)
        for name in ("keep_versions", "keep_beginnings"):
            connection.execute(statement(f"tmdb/{name}"))
        for table in _TABLES:
            ((rows[table.name],),) = connection.execute(_of("tmdb/count_compared", table)).fetchall()
            differences[table.name], first = _compare(connection, table)
            shown += first
    return ReplayResult(len(logged), rows, differences, shown, swap)


def _judge_pages(connection: psycopg.Connection) -> tuple[int, list[Difference]]:
    """Judges every page of details as if it came now; returns how many there are, and those judged otherwise."""
    judged, found = 0, list[Difference]()
    for page in _pages(connection):
        judged += 1
        read = read_details(zstandard.ZstdDecompressor().decompress(page["body"]), page["tmdb_id"], page["media_type"])
        now = {"problem": read.problem, "blocks": sorted(read.blocks)}
        before = {"problem": page["problem"], "blocks": sorted(page["blocks"])}
        if now != before:
            noted = {"page_id": page["page_id"], "problem": read.problem, "blocks": list(read.blocks)}
            connection.execute(statement("tmdb/judge_page"), noted)
            found.append(Difference("pages", {"page_id": page["page_id"]}, columns=_differing(before, now)))
    return judged, found


def _pages(connection: psycopg.Connection) -> Iterator[dict[str, Any]]:
    after = 0
    with connection.cursor(row_factory=dict_row, binary=True) as cursor:
        while batch := cursor.execute(
            statement("tmdb/read_judged"), {"after": after, "most": PAGES_AT_ONCE}
        ).fetchall():
            yield from batch
            after = batch[-1]["page_id"]


def _compare(connection: psycopg.Connection, table: _Table) -> tuple[int, list[Difference]]:
    """How many rows of a table differ, and the first of them."""
    asked = {"surrogates": list(table.surrogates), "shown": SHOWN}
    with connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(_of("tmdb/find_differences", table), asked).fetchall()
    return found[0]["number"] if found else 0, [_difference(table, row["present"], row["made"]) for row in found]


def _difference(table: _Table, present: dict[str, Any] | None, made: dict[str, Any] | None) -> Difference:
    row = {name: (present or made or {})[name] for name in table.key.split(", ")}
    if present is None or made is None:
        return Difference(table.name, row, only_in="made" if present is None else "present")
    return Difference(table.name, row, columns=_differing(present, made))


def _differing(present: dict[str, Any], made: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    return {name: (present[name], made[name]) for name in made if present[name] != made[name]}


def _of(name: str, table: _Table) -> LiteralString:
    return statement(name).replace("{table}", table.name).replace("{key}", table.key)
