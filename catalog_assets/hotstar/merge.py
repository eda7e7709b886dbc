"""Stored pages become tables: one transaction, set-wise, the same result in any order of arrival.

A merge takes every page that no merge has taken, a few at a time. Of each page it stores who was seen with which
content (sightings); only contents that are not the newest known ones are sent to the server. Versions, newest rows and
deletions are computed by the named statements in `sql/hotstar/`, from sightings and proven censuses alone. Newer means
sent later. Nothing here knows Dagster.
"""

import gc
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from typing import LiteralString, cast

import psycopg
import zstandard
from psycopg import sql
from psycopg.rows import class_row, scalar_row

from catalog_assets.hotstar.items import Entry, Rejected, judge, raw_item, read_page
from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement

GUARD_SHARE = 0.05
"""The share of active items that one merge may delete without approval."""

GUARD_MINIMUM = 10
"""The number of items that one merge may always delete."""

PAGES_AT_ONCE = 6
"""Pages whose versions are written together: enough for set-wise statements, few enough to hold in memory."""


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
class _ReadPage:
    """A page as COPY takes it. Contents are one text: a thousand small ones would hold ten times the memory.

    Attributes:
        page_id: its row.
        sightings: a line for every item with an id.
        contents: a line for every accepted item.
        lines: of each of these its position on the page, and where it stands in `contents`.
        rejected: position, content id, reason and bytes of each rejected item.
    """

    page_id: int
    sightings: bytes
    contents: bytes
    lines: list[tuple[int, slice]]
    rejected: list[tuple[int, str | None, str, bytes]]

    def chosen(self, positions: Set[int]) -> bytes:
        """The lines of these positions."""
        if len(positions) == len(self.lines):
            return self.contents
        return b"".join(self.contents[place] for position, place in self.lines if position in positions)


@dataclass(frozen=True, slots=True)
class _StoredPage:
    page_id: int
    sent_at: datetime


def merge_pages(
    connection: psycopg.Connection,
    kind: Kind,
    *,
    run_id: str,
    repeated: LoggedMerge | None = None,
) -> MergeResult:
    """Merges every stored page of a kind that was not merged yet, in one transaction of its own.

    Args:
        connection: A connection whose search path finds the tables (`hotstar`, or a replay's schema before it).
        kind: What is merged.
        run_id: The Dagster run, for the log.
        repeated: The logged merge that a replay repeats: its pages, its instant, the census it relied on.
    """
    known: dict[str, object] = {
        "kind": kind.name,
        "title_field": kind.title_field,
        "scope_field": kind.listed_by,
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
        known |= {"merge_id": begun[0], "merged_at": begun[1]}
        taking = "hotstar/take_pages" if repeated is None else "hotstar/retake_pages"
        with connection.cursor(row_factory=class_row(_StoredPage)) as pages:
            stored = pages.execute(statement(taking), known).fetchall()
        cursor.execute(statement("hotstar/create_before"))
        _merge_batches(connection, kind, stored, known)
        _decide_deletions(cursor, kind, known)
        with connection.cursor(row_factory=class_row(MergeResult)) as result:
            return result.execute(statement("hotstar/finish_merge"), known).fetchall()[0]


def _merge_batches(
    connection: psycopg.Connection, kind: Kind, stored: Sequence[_StoredPage], known: dict[str, object]
) -> None:
    """Writes sightings and versions batch by batch: while the server computes, a thread reads the next one's pages."""
    batches = [stored[first : first + PAGES_AT_ONCE] for first in range(0, len(stored), PAGES_AT_ONCE)]
    upsert_wide = _upsert_wide(connection, kind)
    with ThreadPoolExecutor(max_workers=1) as reader, connection.cursor() as cursor, _no_collections():
        ahead: Future[list[_ReadPage]] | None = None
        for batch, following in zip_longest(batches, batches[1:]):
            pages = ahead.result() if ahead else _read_all(kind, _bodies(connection, batch))
            _stage(cursor, pages, known)
            del pages
            ahead = reader.submit(_read_all, kind, _bodies(connection, following)) if following else None
            _write_versions(cursor, kind, known | {"page_ids": [page.page_id for page in batch]}, upsert_wide)


def _bodies(connection: psycopg.Connection, batch: Sequence[_StoredPage]) -> list[tuple[_StoredPage, bytes]]:
    """Stored bodies, still compressed."""
    with connection.cursor(row_factory=scalar_row, binary=True) as cursor:
        return [
            (page, cast("bytes", cursor.execute(statement("hotstar/read_page"), {"page_id": page.page_id}).fetchone()))
            for page in batch
        ]


@contextmanager
def _no_collections() -> Iterator[None]:
    """Pauses the search for garbage in cycles: parsed pages have none, and every search would walk through them."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _read_all(kind: Kind, bodies: Sequence[tuple[_StoredPage, bytes]]) -> list[_ReadPage]:
    return [_read(kind, page, body) for page, body in bodies]


def _read(kind: Kind, stored: _StoredPage, compressed: bytes) -> _ReadPage:
    body = zstandard.ZstdDecompressor().decompress(compressed)
    page = read_page(body)
    sent_at = stored.sent_at.isoformat()
    sightings: list[bytes] = []
    contents = bytearray()
    lines: list[tuple[int, slice]] = []
    rejected: list[tuple[int, str | None, str, bytes]] = []
    entries = page.items
    if page.problem is not None and not any(entry.position < 0 for entry in entries):
        entries = [*entries, Entry(-1, None, None, page.problem)]
    for entry in entries:
        verdict = judge(entry, kind.item)
        content_id = None if entry.content_id is None else _copy_text(entry.content_id)
        item_hash = b"\\N"
        if isinstance(verdict, Rejected):
            rejected.append((entry.position, entry.content_id, verdict.reason, raw_item(body, entry.position)))
        elif content_id is not None:
            item_hash = verdict.item_hash.encode()
            begin = len(contents)
            contents += b"%d\t%d\t%b\t%b\t" % (stored.page_id, entry.position, content_id, item_hash)
            contents += verdict.content.replace(b"\\", b"\\\\")
            contents += b"\n"
            lines.append((entry.position, slice(begin, len(contents))))
        if content_id is not None:
            head = f"{stored.page_id}\t{entry.position}\t{kind.name}\t".encode()
            sightings.append(head + content_id + f"\t{sent_at}\t".encode() + item_hash + b"\n")
    return _ReadPage(stored.page_id, b"".join(sightings), bytes(contents), lines, rejected)


def _copy_text(value: str) -> bytes:
    """A text as COPY's text format takes it."""
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.encode()


def _stage(cursor: psycopg.Cursor, pages: Sequence[_ReadPage], known: dict[str, object]) -> None:
    with cursor.copy(statement("hotstar/copy_sightings")) as copy:
        for page in pages:
            copy.write(page.sightings)
    if any(page.rejected for page in pages):
        with cursor.copy(statement("hotstar/copy_rejected_items")) as copy:
            copy.set_types(["int8", "int4", "text", "text", "text", "bytea", "int8"])
            for page in pages:
                for position, content_id, reason, body in page.rejected:
                    copy.write_row((page.page_id, position, known["kind"], content_id, reason, body, known["merge_id"]))
    cursor.execute(statement("hotstar/find_changed"), {"page_ids": [page.page_id for page in pages]})
    changed: dict[int, set[int]] = defaultdict(set)
    for page_id, position in cursor:
        changed[page_id].add(position)
    cursor.execute(statement("hotstar/create_staged_items"))
    with cursor.copy(statement("hotstar/copy_staged_items")) as copy:
        for page in pages:
            copy.write(page.chosen(changed[page.page_id]))


def _write_versions(cursor: psycopg.Cursor, kind: Kind, known: dict[str, object], upsert_wide: sql.Composed) -> None:
    for name in ("create_touched", "analyze_touched", "remember_before", "create_runs", "create_newest"):
        cursor.execute(statement(f"hotstar/{name}"), known)
    for name in ("analyze_newest", "create_payloads", "delete_versions", "insert_versions", "move_versions"):
        cursor.execute(_of_kind(f"hotstar/{name}", kind), known)
    cursor.execute(statement("hotstar/upsert_items"), known)
    cursor.execute(upsert_wide)
    cursor.execute(statement("hotstar/drop_batch"))


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


def _upsert_wide(connection: psycopg.Connection, kind: Kind) -> sql.Composed:
    """The statement that writes the kind's wide rows; the database says which columns there are."""
    described = connection.execute(statement("ops/describe_columns"), {"relation": f"hotstar.{kind.table}"})
    columns = [sql.Identifier(row[0]) for row in described if row[0] not in {"id", "content_id", "raw_response"}]
    written = [sql.Identifier("raw_response"), *columns]
    return sql.SQL(statement("hotstar/upsert_wide")).format(
        table=sql.Identifier(kind.table),
        fields=sql.Identifier(f"{kind.name}_fields"),
        columns=sql.SQL(", ").join(columns),
        updates=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(column) for column in written),
    )


def _of_kind(name: str, kind: Kind) -> LiteralString:
    """A statement that reads the kind's wide table, whose name comes from the description, never from input."""
    return statement(name).replace("{table}", kind.table)
