"""Makes the tables of works from stored pages of details, all tables of a work in one transaction.

A work's content is its newest usable page; a block which that page lacks is taken from the newest older page that has
it, so that a block which TMDB left out never empties a column. The order in which pages are merged does not matter but
for the times since when something is so.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg
import structlog
import zstandard
from psycopg import sql
from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from catalog_assets.tmdb.details import BLOCKS, Details, read_details
from catalog_assets.tmdb.film import film_document
from resources.statements import statement

log = structlog.get_logger(__name__)

WORKS_AT_ONCE = 200
"""Works whose documents are made and written together: some megabytes."""


@dataclass(frozen=True, slots=True)
class MergeResult:
    """What a merge did.

    Attributes:
        merge_id: its row in `tmdb.merges`.
        merged_at: its instant.
        pages: of details that it took.
        inserted: works that are new in the tables.
        updated: works whose content changed.
        unchanged: works that were fetched and are as they were.
        rejected: pages that cannot be used.
        gone: pages that say that there is no such title.
        cards: cards that were written anew.
    """

    merge_id: int
    merged_at: datetime
    pages: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    gone: int
    cards: int


@dataclass(frozen=True, slots=True)
class LoggedMerge:
    """A merge as the log keeps it: what a replay needs to repeat it."""

    merge_id: int
    merged_at: datetime


def merge_details(connection: psycopg.Connection, *, run_id: str) -> MergeResult:
    """Merges every stored page of details that was not merged yet, in one transaction of its own.

    Args:
        connection: an autocommit connection.
        run_id: the Dagster run, for the log.
    """
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("tmdb/lock_merge"))
        known: dict[str, Any] = {"run_id": run_id}
        known |= cursor.execute(statement("tmdb/begin_merge"), known).fetchall()[0]
        touched = [row["work_id"] for row in cursor.execute(statement("tmdb/take_pages"), known).fetchall()]
        counts = make_works(connection, touched, merged_at=known["merged_at"])
        with connection.cursor(row_factory=class_row(MergeResult)) as result:
            return result.execute(statement("tmdb/finish_merge"), known | counts).fetchall()[0]


def repeat_merge(connection: psycopg.Connection, merge: LoggedMerge) -> None:
    """Repeats a logged merge, with the pages that it took and at its instant, in the transaction of a replay.

    The replay holds the lock of merges, and the log of pages taken as `present_page_merges`.
    """
    taken = connection.execute(statement("tmdb/retake_pages"), {"merge_id": merge.merge_id}).fetchall()
    make_works(connection, [work_id for (work_id,) in taken], merged_at=merge.merged_at)


def make_works(connection: psycopg.Connection, work_ids: Sequence[int], *, merged_at: datetime) -> dict[str, int]:
    """Makes works from their pages, batch by batch, in the transaction at hand.

    Returns:
        How many are new (`inserted`), changed (`updated`) and as they were (`unchanged`), and `cards` written anew.
    """
    counts = {"inserted": 0, "updated": 0, "unchanged": 0, "cards": 0}
    if not work_ids:
        return counts
    write_details = _of_columns(connection, "write_details")
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("tmdb/create_documents"))
        for first in range(0, len(work_ids), WORKS_AT_ONCE):
            documents = _documents(cursor, work_ids[first : first + WORKS_AT_ONCE])
            if documents:
                for name, number in _write(cursor, documents, write_details, merged_at).items():
                    counts[name] += number
    return counts


def _documents(cursor: psycopg.Cursor[dict[str, Any]], work_ids: Sequence[int]) -> list[dict[str, Any]]:
    """What is read of the newest pages of works; none of a work without a usable page."""
    wanted = {"work_ids": list(work_ids), "blocks": list(BLOCKS)}
    found = cursor.execute(statement("tmdb/read_contents"), wanted).fetchall()
    older_ids = sorted({page_id for row in found for page_id in row["block_pages"].values()})
    older = {
        row["page_id"]: row["body"]
        for row in cursor.execute(statement("tmdb/read_bodies"), {"page_ids": older_ids}).fetchall()
    }
    return [_document(row, older) for row in found]


def _document(row: Mapping[str, Any], older: Mapping[int, bytes]) -> dict[str, Any]:
    newest = _read(row["body"], row["tmdb_id"])
    lent = {block: _read(older[page_id], row["tmdb_id"]).blocks[block] for block, page_id in row["block_pages"].items()}
    made = film_document(newest.core, {**lent, **newest.blocks})
    columns = {**made["facts"], **made["meta"]}
    content = orjson.dumps([columns, made["rating"], made["similar"]], option=orjson.OPT_SORT_KEYS)
    return {
        "work_id": row["work_id"],
        "page_id": row["page_id"],
        "block_pages": row["block_pages"],
        "content_hash": hashlib.blake2b(content, digest_size=16).hexdigest(),
        "fetched_at": row["fetched_at"],
        "confirmed_at": row["confirmed_at"],
        "columns": columns,
        "rating": made["rating"],
        "alike": made["similar"],
    }


def _read(compressed: bytes, tmdb_id: int) -> Details:
    return read_details(zstandard.ZstdDecompressor().decompress(compressed), tmdb_id)


def _write(
    cursor: psycopg.Cursor[dict[str, Any]],
    documents: list[dict[str, Any]],
    write_details: sql.Composed,
    merged_at: datetime,
) -> dict[str, int]:
    """Writes a batch into every table; returns how many works are new, changed and as they were, and cards written."""
    cursor.execute(statement("tmdb/fill_documents"), {"documents": Jsonb(orjson.dumps(documents), dumps=bytes)})
    counts: dict[str, int] = cursor.execute(statement("tmdb/write_contents")).fetchall()[0]
    cursor.execute(write_details)
    for name in ("delete_ratings", "write_ratings", "delete_scores", "write_scores", "delete_similar", "write_similar"):
        cursor.execute(statement(f"tmdb/{name}"))
    cards = cursor.execute(statement("tmdb/write_cards"), {"merged_at": merged_at}).rowcount
    cursor.execute(statement("tmdb/clear_documents"))
    return {**counts, "cards": cards}


def _of_columns(connection: psycopg.Connection, name: str) -> sql.Composed:
    """A statement that writes every column of the wide table; the database says which there are."""
    described = connection.execute(statement("ops/describe_columns"), {"relation": "tmdb.details"})
    columns = [sql.Identifier(row[0]) for row in described if row[0] != "work_id"]
    return sql.SQL(statement(f"tmdb/{name}")).format(
        columns=sql.SQL(", ").join(columns),
        updates=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(column) for column in columns),
    )
