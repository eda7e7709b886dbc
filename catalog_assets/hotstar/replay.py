"""The tables made again from stored pages, without a request: the proof that pages are the record.

A replay repeats the logged merges one by one, each with its pages, its instant and the census it relied on, in
tables of its own (a schema of the kind's, found before `hotstar` by the search path, so that kinds can be replayed at
once). It compares every column but surrogate keys, and puts its tables in the place of the present ones when asked.
Where retention removed a page's body, the stored sightings say who was on it; nothing began there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.rows import class_row

from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.merge import LoggedMerge, merge_pages
from resources.statements import statement

SHOWN = 20
"""How many differences a result lists; it counts all."""


@dataclass(frozen=True, slots=True)
class _Table:
    """A table that merges write.

    Attributes:
        surrogates: Columns that are numbered by arrival, so they are not compared.
        of_kind: The condition that picks a kind's rows.
    """

    name: LiteralString
    surrogates: tuple[str, ...] = ()
    of_kind: LiteralString = "t.kind = %(kind)s"


_SHARED = (
    _Table("merges"),
    _Table("sightings"),
    _Table("items"),
    _Table("item_versions"),
    _Table("rejected_items"),
    _Table("deletion_events"),
    _Table("withheld_deletions"),
)
_WORKING = (_Table("page_merges"), _Table("staged_items"))
"""Written by a replay; nothing to compare or to swap: the one is given by the log, the other is empty at its end."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A row that only one of both tables has."""

    table: str
    only_in: str
    row: dict[str, Any]


@dataclass(frozen=True, slots=True)
class ReplayResult:
    """What a replay made.

    Attributes:
        merges: Merges repeated.
        rows: Rows made, by table.
        differences: How many rows differ from the present tables.
        shown: The first of them.
        swapped: Whether its tables took the place of the present ones.
    """

    merges: int
    rows: dict[str, int]
    differences: int
    shown: list[Difference]
    swapped: bool


def replay(connection: psycopg.Connection, kind: Kind, *, swap: bool = False) -> ReplayResult:
    """Makes a kind's tables again and compares them; with `swap` they take the place of the present ones.

    Merges of the kind wait meanwhile. The shadow tables are gone afterwards.

    Args:
        connection: An autocommit connection to the source database.
        kind: What is made again.
        swap: Put the replayed rows in the place of the present ones, in one transaction.
    """
    tables = (*_SHARED, _Table(_literal(kind.table), ("id",), "true"))
    with _merges_held(connection, kind), _shadows(connection, kind, (*tables, *_WORKING)):
        with connection.cursor(row_factory=class_row(LoggedMerge)) as cursor:
            logged = cursor.execute(statement("hotstar/list_merges"), {"kind": kind.name}).fetchall()
        for merge in logged:
            merge_pages(connection, kind, run_id=merge.run_id, repeated=merge)
        found = [difference for table in tables for difference in _compared(connection, kind, table)]
        rows = {table.name: _count(connection, kind, table) for table in tables}
        if swap:
            _swap(connection, kind, tables)
    return ReplayResult(len(logged), rows, len(found), found[:SHOWN], swap)


@contextmanager
def _merges_held(connection: psycopg.Connection, kind: Kind) -> Iterator[None]:
    connection.execute(statement("hotstar/hold_merges"), {"kind": kind.name})
    try:
        yield
    finally:
        connection.execute(statement("hotstar/release_merges"), {"kind": kind.name})


@contextmanager
def _shadows(connection: psycopg.Connection, kind: Kind, tables: tuple[_Table, ...]) -> Iterator[None]:
    shadow = _shadow(kind)
    connection.execute(f"DROP SCHEMA IF EXISTS {shadow} CASCADE")
    connection.execute(f"CREATE SCHEMA {shadow}")
    for table in tables:
        connection.execute(_named("hotstar/create_shadow", kind, table))
    connection.execute(f"SET search_path = {shadow}, hotstar, ops")
    try:
        yield
    finally:
        if not connection.broken:
            connection.execute("RESET search_path")
            connection.execute(f"DROP SCHEMA {shadow} CASCADE")


def _compared(connection: psycopg.Connection, kind: Kind, table: _Table) -> Iterator[Difference]:
    known = {"kind": kind.name, "surrogates": list(table.surrogates)}
    for only_in, row in connection.execute(_named("hotstar/compare_shadow", kind, table), known):
        yield Difference(table.name, only_in, row)


def _count(connection: psycopg.Connection, kind: Kind, table: _Table) -> int:
    counted = connection.execute(_named("hotstar/count_shadow", kind, table)).fetchone()
    return 0 if counted is None else int(counted[0])


def _swap(connection: psycopg.Connection, kind: Kind, tables: tuple[_Table, ...]) -> None:
    with connection.transaction():
        connection.execute(statement("hotstar/clear_staged_kind").replace("{kind}", _literal(kind.name)))
        for table in tables:
            if table.name == "merges":
                continue  # the log of merges is what was replayed; other tables refer to it
            connection.execute(_named("hotstar/clear_kind", kind, table), {"kind": kind.name})
            connection.execute(_named("hotstar/swap_shadow", kind, table))
            if table.surrogates:
                connection.execute(_named("hotstar/renumber", kind, table))


def _named(name: str, kind: Kind, table: _Table) -> LiteralString:
    named = statement(name).replace("{shadow}", _shadow(kind))
    return named.replace("{table}", table.name).replace("{of_kind}", table.of_kind)


def _shadow(kind: Kind) -> LiteralString:
    """The schema of a kind's replay: two kinds can be replayed at once."""
    return _literal(f"hotstar_replay_{kind.name}")


def _literal(name: str) -> LiteralString:
    """A name from a kind's description, which is code of this project."""
    return name
