"""Makes the tables of works from stored pages of details, all tables of a work in one transaction.

A work's content is its newest usable page; a block which that page lacks is taken from the newest older page that has
it, so that a block which TMDB left out never empties a column. So it is with the seasons of a series, which may take
several pages. The order in which pages are merged does not matter but for the times since when something is so.
"""

import hashlib
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, LiteralString

import orjson
import psycopg
import structlog
import zstandard
from psycopg import sql
from psycopg.rows import class_row, dict_row

from catalog_assets.tmdb.details import Details, read_details, wanted_blocks
from catalog_assets.tmdb.film import film_document
from catalog_assets.tmdb.series import series_document
from resources.statements import statement

log = structlog.get_logger(__name__)

WORKS_AT_ONCE = 200
"""Works that are written together. Their pages, compressed, are some megabytes; documents are made one by one."""

SERIES_TABLES: Mapping[LiteralString, tuple[str, ...]] = {
    "tv_series": (),
    "tv_seasons": ("season_number",),
    "tv_episodes": ("season_number", "episode_number"),
}
"""What series alone have, each with what names a row beside its work."""


_COUNTED = ("inserted", "updated", "unchanged", "cards", "episodes_written", "episodes_removed", "episodes_lost")

_DOCUMENT = (
    *("work_id", "page_id", "block_pages", "content_hash", "fetched_at", "confirmed_at", "seasons", "episodes"),
    *("is_changed", "columns", "rating", "alike", "tv_series", "tv_seasons", "tv_episodes"),
)
"""What is copied of a document, in this order."""

_STATEMENTS: Sequence[LiteralString] = (
    "delete_ratings",
    "write_ratings",
    "delete_scores",
    "write_scores",
    "delete_similar",
    "write_similar",
)


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
        episodes_written: episodes that are new or changed.
        episodes_removed: episodes that their seasons list no more.
        episodes_lost: by how many works' episodes became fewer; renumbered ones are not lost.
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
    episodes_written: int
    episodes_removed: int
    episodes_lost: int


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
        told = known | {name: counts[name] for name in _COUNTED}
        with connection.cursor(row_factory=class_row(MergeResult)) as result:
            return result.execute(statement("tmdb/finish_merge"), told).fetchall()[0]


def repeat_merge(connection: psycopg.Connection, merge: LoggedMerge) -> None:
    """Repeats a logged merge, with the pages that it took and at its instant, in the transaction of a replay.

    The replay holds the lock of merges, and the log of pages taken as `present_page_merges`.
    """
    taken = connection.execute(statement("tmdb/retake_pages"), {"merge_id": merge.merge_id}).fetchall()
    make_works(connection, [work_id for (work_id,) in taken], merged_at=merge.merged_at)


def make_works(connection: psycopg.Connection, work_ids: Sequence[int], *, merged_at: datetime) -> Counter[str]:
    """Makes works from their pages, batch by batch, in the transaction at hand.

    Returns:
        How many are new (`inserted`), changed (`updated`) and as they were (`unchanged`), `cards` written anew, and
        `episodes_written`, `episodes_removed` and `episodes_lost`.
    """
    counts = Counter[str]()
    if not work_ids:
        return counts
    writing = _Writing.of(connection)
    with connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("tmdb/create_documents"))
        for first in range(0, len(work_ids), WORKS_AT_ONCE):
            made = Counter[str]()
            documents = _documents(cursor, work_ids[first : first + WORKS_AT_ONCE])
            with cursor.copy(statement("tmdb/copy_documents")) as copy:
                for document in documents:
                    copy.write_row([document[name] for name in _DOCUMENT])
                    made[document["outcome"]] += 1
                    made["episodes_lost"] += document["episodes_lost"]
            if made.total():
                counts.update(made)
                counts.update(writing.write(cursor, merged_at))
    return counts


def _documents(cursor: psycopg.Cursor[dict[str, Any]], work_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    """What is read of the newest pages of works, one after the other; none of a work without a usable page."""
    found = cursor.execute(statement("tmdb/read_contents"), {"work_ids": list(work_ids)}).fetchall()
    older_ids = sorted({page_id for row in found for page_id in row["older_blocks"].values()})
    older = {
        row["page_id"]: row["body"]
        for row in cursor.execute(statement("tmdb/read_bodies"), {"page_ids": older_ids}).fetchall()
    }
    return (_document(row, older) for row in found)


def _document(row: Mapping[str, Any], older: Mapping[int, bytes]) -> dict[str, Any]:
    newest = _read(row, row["body"])
    wanted = wanted_blocks(row["media_type"], newest.core)
    block_pages = {block: page_id for block, page_id in row["older_blocks"].items() if block in wanted}
    lenders = {page_id: _read(row, older[page_id]).blocks for page_id in set(block_pages.values())}
    lent = {block: lenders[page_id][block] for block, page_id in block_pages.items()}
    make = film_document if row["media_type"] == "movie" else series_document
    made = make(newest.core, {**lent, **newest.blocks})
    columns = {**made.pop("facts"), **made.pop("meta")}
    rating, alike = made.pop("rating"), made.pop("similar")
    content = orjson.dumps([columns, rating, alike, *made.values()], option=orjson.OPT_SORT_KEYS)
    content_hash = uuid.UUID(bytes=hashlib.blake2b(content, digest_size=16).digest())
    is_changed = content_hash != row["known_hash"]
    seasons, episodes = made.get("seasons", []), made.get("episodes", [])
    told = {
        "columns": columns,
        "rating": rating,
        "alike": alike,
        "tv_series": [made["series"]] if "series" in made else [],
        "tv_seasons": seasons,
        "tv_episodes": episodes,
    }
    return {
        "work_id": row["work_id"],
        "page_id": row["page_id"],
        "block_pages": _json(block_pages),
        "content_hash": content_hash,
        "fetched_at": row["fetched_at"],
        "confirmed_at": row["confirmed_at"],
        "seasons": len(seasons),
        "episodes": len(episodes),
        "is_changed": is_changed,
        **{name: _json(value) if is_changed else None for name, value in told.items()},
        "outcome": "inserted" if row["known_hash"] is None else "updated" if is_changed else "unchanged",
        "episodes_lost": max(0, (row["known_episodes"] or 0) - len(episodes)),
    }


def _json(value: object) -> str:
    return orjson.dumps(value).decode()


def _read(row: Mapping[str, Any], compressed: bytes) -> Details:
    return read_details(zstandard.ZstdDecompressor().decompress(compressed), row["tmdb_id"], row["media_type"])


@dataclass(frozen=True, slots=True)
class _Writing:
    """Statements that write every column of a table; the database says which there are."""

    write_details: sql.Composed
    delete_rows: Mapping[str, sql.Composed]
    write_rows: Mapping[str, sql.Composed]

    @classmethod
    def of(cls, connection: psycopg.Connection) -> "_Writing":
        return cls(
            _of_columns(connection, "write_details", "details", ()),
            {table: _of_columns(connection, "delete_rows", table, key) for table, key in SERIES_TABLES.items()},
            {table: _of_columns(connection, "write_rows", table, key) for table, key in SERIES_TABLES.items()},
        )

    def write(self, cursor: psycopg.Cursor[dict[str, Any]], merged_at: datetime) -> dict[str, int]:
        """Writes a batch into every table; returns how many cards and episodes changed."""
        cursor.execute(statement("tmdb/write_contents"))
        cursor.execute(self.write_details)
        removed = {table: cursor.execute(delete).rowcount for table, delete in self.delete_rows.items()}
        written = {table: cursor.execute(write).rowcount for table, write in self.write_rows.items()}
        for name in _STATEMENTS:
            cursor.execute(statement(f"tmdb/{name}"))
        cards = cursor.execute(statement("tmdb/write_cards"), {"merged_at": merged_at, "are_images": False}).rowcount
        cursor.execute(statement("tmdb/clear_documents"))
        return {
            "cards": cards,
            "episodes_written": written["tv_episodes"],
            "episodes_removed": removed["tv_episodes"],
        }


def _of_columns(connection: psycopg.Connection, name: LiteralString, table: str, key: Sequence[str]) -> sql.Composed:
    described = connection.execute(statement("ops/describe_columns"), {"relation": f"tmdb.{table}"})
    columns = [sql.Identifier(row[0]) for row in described if row[0] != "work_id"]
    names = [sql.Identifier(column) for column in ("work_id", *key)]
    return sql.SQL(statement(f"tmdb/{name}")).format(
        table=sql.Identifier(table),
        key=sql.SQL(", ").join(names),
        listed=sql.SQL(", ").join(
            [sql.SQL("d.work_id"), *(sql.SQL("listed.{}").format(sql.Identifier(each)) for each in key)]
        ),
        matches=sql.SQL(" AND ").join(sql.SQL("kept.{0} = old.{0}").format(column) for column in names),
        columns=sql.SQL(", ").join(columns),
        updates=sql.SQL(", ").join(sql.SQL("{0} = excluded.{0}").format(column) for column in columns),
    )
