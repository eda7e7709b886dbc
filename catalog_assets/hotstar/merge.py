"""Stored pages become tables: one transaction, set-wise, the same result in any order of arrival.

A merge takes every page that no merge has taken. What it takes of each page was staged when the page was stored, or is
staged now: who was seen with which content (sightings). Versions, newest rows and deletions are computed by the named
statements in `sql/hotstar/`, from sightings and proven censuses alone. Newer means sent later. Of a page whose body
retention removed (see `retention`) a replay repeats the sightings. Nothing here knows Dagster.
"""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import LiteralString

import psycopg
import zstandard
from psycopg import sql
from psycopg.rows import class_row, scalar_row

from catalog_assets.hotstar.items import no_collections
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.staging import JUDGED_BY, JudgedPage, judge_page, staging
from resources.statements import statement

GUARD_SHARE = 0.05
"""The share of active items that one merge may delete without approval."""

GUARD_MINIMUM = 10
"""The number of items that one merge may always delete."""

PAGES_AT_ONCE = 250
"""Pages whose versions are written together: a set of statements for all, with some 750 MB of staged items at most."""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge did; the counts stand in `hotstar.merges` with the same names."""

    merge_id: int
    merged_at: datetime
    pages: int
    seen: int
    inserted: int
    updated: int
    unchanged: int
    deleted: int
    restored: int
    rejected: int
    withheld: int
    went_back: int
    reissued: int


@dataclass(frozen=True, slots=True)
class LoggedMerge:
    """A merge as the log keeps it: what a replay needs to repeat it."""

    merge_id: int
    run_id: str
    merged_at: datetime
    census_id: int | None


@dataclass(frozen=True, slots=True)
class _StoredPage:
    page_id: int
    has_body: bool
    is_staged: bool


def merge_pages(
    connection: psycopg.Connection,
    kind: Kind,
    *,
    run_id: str,
    repeated: LoggedMerge | None = None,
) -> MergeResult:
    """Merges every stored page of a kind that was not merged yet, in one transaction of its own.

    Args:
        connection: An autocommit connection whose search path finds the tables (`hotstar`, or a replay's schema before
            it).
        kind: What is merged.
        run_id: The Dagster run, for the log.
        repeated: The logged merge that a replay repeats: its pages, its instant, the census it relied on.
    """
    known: dict[str, object] = {
        "kind": kind.name,
        "run_id": run_id,
        "merged_at": repeated and repeated.merged_at,
        "replayed": repeated is not None,
        "census_id": repeated and repeated.census_id,
        "logged_merge_id": repeated and repeated.merge_id,
    }
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute(statement("hotstar/lock_merge"), known)
        cursor.execute(statement("hotstar/begin_merge" if repeated is None else "hotstar/repeat_merge"), known)
        begun = cursor.fetchone()
        assert begun is not None  # noqa: S101 - INSERT … RETURNING of one row
        known |= {"merge_id": begun[0], "merged_at": begun[1], "judged_by": JUDGED_BY}
        taking = "hotstar/take_pages" if repeated is None else "hotstar/retake_pages"
        with connection.cursor(row_factory=class_row(_StoredPage)) as pages:
            stored = pages.execute(statement(taking), known).fetchall()
        cursor.execute(statement("hotstar/create_before"))
        seen = _merge_batches(connection, kind, stored, known)
        _choose_joins(cursor, known, seen)
        _decide_deletions(cursor, kind, known)
        with connection.cursor(row_factory=class_row(MergeResult)) as result:
            merged = result.execute(_of_kind("hotstar/finish_merge", kind), known).fetchall()[0]
    connection.execute(_of_kind("hotstar/analyze_merged", kind))
    return merged


def _merge_batches(
    connection: psycopg.Connection, kind: Kind, stored: Sequence[_StoredPage], known: dict[str, object]
) -> int:
    """Writes sightings and versions batch by batch; returns how many sightings."""
    seen = 0
    insert_wide, update_wide = _of_fields(connection, kind, "insert_wide", "update_wide")
    for first in range(0, len(stored), PAGES_AT_ONCE):
        batch = stored[first : first + PAGES_AT_ONCE]
        _stage(connection, kind, [page.page_id for page in batch if page.has_body and not page.is_staged])
        pages = {
            "page_ids": [page.page_id for page in batch],
            "bodiless": [page.page_id for page in batch if not page.has_body],
        }
        with connection.cursor() as cursor:
            seen += _write_versions(cursor, kind, known | pages, insert_wide, update_wide)
    connection.execute(statement("hotstar/end_first_write"))
    return seen


def _stage(connection: psycopg.Connection, kind: Kind, page_ids: Sequence[int]) -> None:
    """Stages pages that are not yet: while the server stores one, a thread reads the next."""
    connection.execute(statement("hotstar/clear_staged"), {"page_ids": page_ids})
    with ThreadPoolExecutor(max_workers=1) as reader, connection.cursor() as cursor, no_collections():
        ahead: Future[JudgedPage] | None = None
        for page_id, following in zip_longest(page_ids, page_ids[1:]):
            page = ahead.result() if ahead else _read(kind, _body(connection, page_id))
            ahead = reader.submit(_read, kind, _body(connection, following)) if following else None
            cursor.execute(statement("hotstar/stage_page"), staging(kind, page_id, page))


def _body(connection: psycopg.Connection, page_id: int) -> bytes:
    """A stored body, still compressed."""
    with connection.cursor(row_factory=scalar_row, binary=True) as cursor:
        return bytes(cursor.execute(statement("hotstar/read_page"), {"page_id": page_id}).fetchall()[0])


def _read(kind: Kind, compressed: bytes) -> JudgedPage:
    return judge_page(kind, zstandard.ZstdDecompressor().decompress(compressed))


def _write_versions(
    cursor: psycopg.Cursor, kind: Kind, known: dict[str, object], insert_wide: sql.Composed, update_wide: sql.Composed
) -> int:
    """Writes the sightings of a batch, and what they make of its items; returns how many sightings."""
    seen = cursor.execute(statement("hotstar/add_sightings"), known).rowcount
    if known["bodiless"]:  # only a replay meets pages without a body
        seen += cursor.execute(statement("hotstar/repeat_sightings"), known).rowcount
    cursor.execute(statement("hotstar/add_rejected_items"), known)
    _choose_joins(cursor, known, seen)
    touched = cursor.execute(statement("hotstar/create_touched"), known).rowcount
    _choose_joins(cursor, known, touched)
    for name in ("analyze_touched", "remember_before", "create_runs", "create_newest", "analyze_newest"):
        cursor.execute(statement(f"hotstar/{name}"), known)
    for name in ("create_payloads", "delete_versions", "insert_versions", "move_versions"):
        cursor.execute(_of_kind(f"hotstar/{name}", kind), known)
    cursor.execute(statement("hotstar/create_newest_contents"))
    cursor.execute(statement("hotstar/update_items"), known)
    cursor.execute(statement("hotstar/insert_items"), known)
    cursor.execute(_of_kind("hotstar/begin_first_write", kind))
    cursor.execute(update_wide)
    cursor.execute(insert_wide)
    cursor.execute(statement("hotstar/clear_staged"), known)
    cursor.execute(statement("hotstar/drop_batch"))
    return seen


def _choose_joins(cursor: psycopg.Cursor, known: dict[str, object], rows: int) -> None:
    cursor.execute(statement("hotstar/choose_joins"), known | {"rows": rows})


def _decide_deletions(cursor: psycopg.Cursor, kind: Kind, known: dict[str, object]) -> None:
    cursor.execute(statement("hotstar/create_usable_censuses"), known)
    cursor.execute(statement("hotstar/index_usable_censuses"))
    cursor.execute(statement("hotstar/rely_on_census"), known)
    census_id, every, approved = cursor.fetchone() or (None, False, None)
    deciding = {"census_id": census_id, "every": every, "censuses_to_miss": kind.censuses_to_miss}
    cursor.execute(statement("hotstar/create_decisions"), known | deciding)
    cursor.execute(statement("hotstar/count_deletions"), known)
    to_delete, active = cursor.fetchone() or (0, 0)
    cursor.execute(statement("hotstar/forget_withheld"), known)
    if to_delete > deletions_allowed(active, approved):
        cursor.execute(statement("hotstar/withhold_deletions"), known)
    cursor.execute(statement("hotstar/log_deletions"), known)
    cursor.execute(statement("hotstar/apply_deletions"), known)


def deletions_allowed(active: int, approved: int | None) -> int:
    """How many active items one merge may delete: the guard, or what a person approved if that is more."""
    return max(GUARD_MINIMUM, int(GUARD_SHARE * active), approved or 0)


def _of_fields(connection: psycopg.Connection, kind: Kind, *names: str) -> list[sql.Composed]:
    """Statements that write the kind's wide rows; the database says which columns there are."""
    described = connection.execute(statement("ops/describe_columns"), {"relation": f"hotstar.{kind.table}"})
    columns = [sql.Identifier(row[0]) for row in described if row[0] not in {"id", "content_id", "raw_response"}]
    return [
        sql.SQL(statement(f"hotstar/{name}")).format(
            table=sql.Identifier(kind.table),
            fields=sql.Identifier(f"{kind.name}_fields"),
            columns=sql.SQL(", ").join(columns),
            updates=sql.SQL(", ").join(sql.SQL("{0} = new.{0}").format(column) for column in columns),
        )
        for name in names
    ]


def _of_kind(name: str, kind: Kind) -> LiteralString:
    """A statement with the kind's name or its wide table's, which come from the description, never from input."""
    return statement(name).replace("{table}", kind.table).replace("{kind}", kind.name)
