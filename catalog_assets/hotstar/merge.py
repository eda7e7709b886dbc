"""Stored pages become tables: one transaction, set-wise, the same result in any order of arrival.

A merge takes every page that no merge has taken. Of each page it stores who was seen with which content (sightings);
only contents that are not the newest known ones are sent to the server. Versions, newest rows and deletions are then
computed by the named statements in `sql/hotstar/`, from sightings and proven censuses alone. Newer means sent later.
Nothing here knows Dagster.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import LiteralString, cast

import psycopg
import zstandard
from psycopg.rows import class_row, scalar_row

from catalog_assets.hotstar.items import Entry, Rejected, judge, raw_item, read_page
from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement

GUARD_SHARE = 0.05
"""The share of active items that one merge may delete without approval."""

GUARD_MINIMUM = 10
"""The number of items that one merge may always delete."""


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
    approved_deletions: int | None
    census_id: int | None


@dataclass(frozen=True, slots=True)
class _Content:
    position: int
    content_id: bytes
    item_hash: bytes
    content: bytes


@dataclass(frozen=True, slots=True)
class _ReadPage:
    page_id: int
    sightings: bytes
    contents: list[_Content]
    rejected: list[tuple[int, str | None, str, bytes]]


@dataclass(frozen=True, slots=True)
class _StoredPage:
    page_id: int
    sent_at: datetime


def merge_pages(
    connection: psycopg.Connection,
    kind: Kind,
    *,
    run_id: str,
    approved_deletions: int | None = None,
    repeated: LoggedMerge | None = None,
) -> MergeResult:
    """Merges every stored page of a kind that was not merged yet, in one transaction of its own.

    Args:
        connection: A connection whose search path finds the tables (`hotstar`, or a replay's schema before it).
        kind: What is merged.
        run_id: The Dagster run, for the log.
        approved_deletions: Apply deletions above the guard if they are at most this many.
        repeated: The logged merge that a replay repeats: its pages, its instant, the census it relied on.
    """
    known: dict[str, object] = {
        "kind": kind.name,
        "run_id": run_id,
        "approved_deletions": approved_deletions,
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
        cursor.execute(statement("hotstar/create_staged_items"))
        for page in _read_ahead(connection, kind, stored):
            _stage(cursor, kind, page, merge_id=begun[0])
        _write_versions(cursor, kind, known)
        _decide_deletions(cursor, kind, known)
        with connection.cursor(row_factory=class_row(MergeResult)) as result:
            return result.execute(statement("hotstar/finish_merge"), known).fetchall()[0]


def _read_ahead(connection: psycopg.Connection, kind: Kind, stored: Sequence[_StoredPage]) -> Iterator[_ReadPage]:
    """Reads pages in order, the next one in a thread while the server takes in the one before."""
    with ThreadPoolExecutor(max_workers=1) as reader, connection.cursor(row_factory=scalar_row, binary=True) as bodies:
        ahead = None
        for page in stored:
            body = bodies.execute(statement("hotstar/read_page"), {"page_id": page.page_id}).fetchone()
            reading = reader.submit(_read, kind, page, cast("bytes", body))
            if ahead is not None:
                yield ahead.result()
            ahead = reading
        if ahead is not None:
            yield ahead.result()


def _read(kind: Kind, stored: _StoredPage, compressed: bytes) -> _ReadPage:
    body = zstandard.ZstdDecompressor().decompress(compressed)
    page = read_page(body)
    sent_at = stored.sent_at.isoformat()
    sightings: list[bytes] = []
    contents: list[_Content] = []
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
            item_hash = verdict.item_hash.hex.encode()
            contents.append(_Content(entry.position, content_id, item_hash, verdict.content))
        if content_id is not None:
            head = f"{stored.page_id}\t{entry.position}\t{kind.name}\t".encode()
            sightings.append(head + content_id + f"\t{sent_at}\t".encode() + item_hash + b"\n")
    return _ReadPage(stored.page_id, b"".join(sightings), contents, rejected)


def _copy_text(value: str) -> bytes:
    """A text as COPY's text format takes it."""
    escaped = value.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")
    return escaped.encode()


def _stage(cursor: psycopg.Cursor, kind: Kind, page: _ReadPage, *, merge_id: int) -> None:
    with cursor.copy(statement("hotstar/copy_sightings")) as copy:
        copy.write(page.sightings)
    if page.rejected:
        with cursor.copy(statement("hotstar/copy_rejected_items")) as copy:
            copy.set_types(["int8", "int4", "text", "text", "text", "bytea", "int8"])
            for position, content_id, reason, body in page.rejected:
                copy.write_row((page.page_id, position, kind.name, content_id, reason, body, merge_id))
    cursor.execute(statement("hotstar/find_changed"), {"page_id": page.page_id})
    changed = {row[0] for row in cursor}
    if not changed:
        return
    head = f"{page.page_id}\t".encode()
    with cursor.copy(statement("hotstar/copy_staged_items")) as copy:
        copy.write(
            b"".join(
                b"%b%d\t%b\t%b\t%b\n"
                % (head, item.position, item.content_id, item.item_hash, item.content.replace(b"\\", b"\\\\"))
                for item in page.contents
                if item.position in changed
            )
        )


def _write_versions(cursor: psycopg.Cursor, kind: Kind, known: dict[str, object]) -> None:
    for name in ("create_touched", "create_runs", "create_newest", "analyze_touched", "create_payloads"):
        cursor.execute(_of_kind(f"hotstar/{name}", kind), known)
    for name in ("delete_versions", "insert_versions", "move_versions", "upsert_items", f"{kind.name}/upsert"):
        cursor.execute(statement(f"hotstar/{name}"), known)


def _decide_deletions(cursor: psycopg.Cursor, kind: Kind, known: dict[str, object]) -> None:
    cursor.execute(statement("hotstar/create_usable_censuses"), known)
    cursor.execute(statement("hotstar/rely_on_census"), known)
    census_id, every = cursor.fetchone() or (None, False)
    deciding = {"census_id": census_id, "every": every, "censuses_to_miss": kind.censuses_to_miss}
    cursor.execute(statement("hotstar/create_decisions"), known | deciding)
    cursor.execute(statement("hotstar/count_deletions"), known)
    to_delete, active = cursor.fetchone() or (0, 0)
    cursor.execute(statement("hotstar/forget_withheld"), known)
    if to_delete > deletions_allowed(active, cast("int | None", known["approved_deletions"])):
        cursor.execute(statement("hotstar/withhold_deletions"), known)
    cursor.execute(statement("hotstar/log_deletions"), known)
    cursor.execute(statement("hotstar/apply_deletions"), known)


def deletions_allowed(active: int, approved: int | None) -> int:
    """How many active items one merge may delete: the guard, or what a person approved if that is more."""
    return max(GUARD_MINIMUM, int(GUARD_SHARE * active), approved or 0)


def _of_kind(name: str, kind: Kind) -> LiteralString:
    """A statement that reads the kind's wide table, whose name comes from the description, never from input."""
    return statement(name).replace("{table}", kind.table)
