"""Watchmode's file of ids: which of its titles is which of TMDB's (contracts: Watchmode, section 3).

A title is keyed by (type, TMDB's number), for films and series use the same numbers. The file replaces what was loaded
before as a whole, in one transaction, or is refused and leaves everything as it is (requirements: streaming, faults R1
and R2).
"""

import codecs
import csv
import hashlib
from dataclasses import dataclass
from typing import Any

import polars as pl
import psycopg
import structlog
from psycopg.rows import dict_row

from catalog_assets.streaming.cache import Answered, UnusableAnswer, answered
from catalog_assets.streaming.requests import Client, Request
from catalog_assets.streaming.store import Store
from resources.errors import CatalogError
from resources.statements import statement

log = structlog.get_logger(__name__)

HEADER = ("Watchmode ID", "IMDB ID", "TMDB ID", "TMDB Type", "Title", "Year")

MOST_LOST = 0.05
"""Of the titles that were mapped before, the share that a file may lack."""

REQUEST = Request("watchmode", "id_map", "id_map", "/datasets/title_id_map.csv", cost=0)
"""The file costs no unit."""

_IDS = ("watchmode_id", "tmdb_id")
_LARGEST = 2**31 - 1
_LONGEST_TITLE = 500


class IdMapRefused(CatalogError):  # noqa: N818 - named for what happened, as the others
    """Watchmode's file of ids is not one, or lacks too much: nothing of it was loaded."""


@dataclass(frozen=True, slots=True)
class IdMap:
    """The file, read.

    Attributes:
        mappings: `media_type`, `tmdb_id`, `watchmode_id`, `imdb_id`, `title`, `year`; each title of TMDB's once, of
            several ids of Watchmode's the smallest.
        conflicts: rows that share an id: `conflict`, `media_type`, `tmdb_id`, `watchmode_id`, `imdb_id`, `is_kept`.
        rows: how many the file has, each a line: the sum of `mappings` and the three that follow.
        without_tmdb_id: of them, those that name no title of TMDB's.
        rejected: of them, those that cannot be read.
        repeated: of them, those whose title another row names with a smaller id of Watchmode's, or the same.
    """

    mappings: pl.DataFrame
    conflicts: pl.DataFrame
    rows: int
    without_tmdb_id: int
    rejected: int
    repeated: int


@dataclass(frozen=True, slots=True)
class IdMapLoad:
    """What a load did.

    Attributes:
        rows: of the file.
        mapped: titles of TMDB's that it names.
        inserted: of them, new ones.
        updated: of them, those that say something else than before.
        deleted: titles that it names no more.
        without_tmdb_id: rows that name no title of TMDB's.
        rejected: rows that cannot be read.
        repeated: rows whose title another row names.
        conflicts: rows that share an id with another.
        is_new: the file differs from the one that was loaded before.
        failure: why Watchmode gave no newer file; None: it did, or said that there is none.
    """

    rows: int = 0
    mapped: int = 0
    inserted: int = 0
    updated: int = 0
    deleted: int = 0
    without_tmdb_id: int = 0
    rejected: int = 0
    repeated: int = 0
    conflicts: int = 0
    is_new: bool = False
    failure: str | None = None


def read_id_map(body: bytes) -> IdMap:
    """Reads the file; a row that cannot be used costs itself alone.

    Raises:
        ValueError: its header is not exactly `HEADER`, or no row of it names a title of TMDB's. Quotes nothing.
    """
    body = body.removeprefix(codecs.BOM_UTF8)
    first = body.split(b"\n", 1)[0].decode("utf-8", "replace")
    if tuple(_fields(first) or ()) != HEADER:
        raise ValueError("its header is not the known one")
    body = body.rstrip(b"\r\n")
    lines = body.count(b"\n")
    try:
        read = pl.read_csv(body, infer_schema=False, encoding="utf8-lossy", truncate_ragged_lines=True)
    except pl.exceptions.PolarsError:
        read = None
    if read is None or read.height != lines:  # a quote out of place is enough: it takes the lines up to the next one
        read = _read_lines(body)
    named = read.rename(
        dict(zip(HEADER, ("watchmode_id", "imdb_id", "tmdb_id", "media_type", "title", "year"), strict=True))
    )
    known = named.select(pl.all().str.replace_all("\0", "", literal=True).str.strip_chars().replace("", None))
    has_title = pl.col("tmdb_id").is_not_null() & pl.col("media_type").is_not_null()
    typed = known.filter(has_title).with_columns(
        *(pl.col(name).cast(pl.Int64, strict=False) for name in _IDS),
        pl.col("imdb_id").str.extract("^(tt[0-9]{7,18})$"),
        pl.col("title").str.slice(0, _LONGEST_TITLE),
        pl.col("year").str.extract("^([0-9]{4})$").cast(pl.Int64),
    )
    fit = typed.filter(
        pl.col("media_type").is_in(["movie", "tv"]), *(pl.col(name).is_between(1, _LARGEST) for name in _IDS)
    )
    if fit.is_empty():
        raise ValueError("no row of it names a title of TMDB's")
    mappings = fit.sort("media_type", "tmdb_id", "watchmode_id", maintain_order=True).unique(
        ["media_type", "tmdb_id"], keep="first", maintain_order=True
    )
    return IdMap(
        mappings.select("media_type", "tmdb_id", "watchmode_id", "imdb_id", "title", "year"),
        _conflicts(fit, mappings),
        rows=lines,
        without_tmdb_id=read.height - typed.height,
        rejected=typed.height - fit.height + lines - read.height,
        repeated=fit.height - mappings.height,
    )


def _read_lines(body: bytes) -> pl.DataFrame:
    """The rows that can be read, each for itself."""
    read = map(_fields, body.decode("utf-8", "replace").split("\n")[1:])
    rows = [fields for fields in read if fields is not None and len(fields) == len(HEADER)]
    return pl.DataFrame(rows, dict.fromkeys(HEADER, pl.String), orient="row")


def _fields(line: str) -> list[str] | None:
    """A line's fields; None: it cannot be read."""
    try:
        return next(csv.reader([line.rstrip("\r")]), None)
    except csv.Error:
        return None


async def fetch_id_map(client: Client, store: Store, *, force: bool = False, fewest: int | None = None) -> Answered:
    """The newest file, the stored one within its time to live; it costs no unit, and no download if it is as before.

    Args:
        client: Watchmode's.
        store: of schema streaming.
        force: ask whatever the age of the stored file, and for all of it.
        fewest: likewise, and so few titles are enough, though many were lost since the newest load; None: at most
            `MOST_LOST` were.

    Raises:
        IdMapRefused: the file was refused, or is still the one that was; what was loaded before stays.
        ServiceError: Watchmode cannot be asked, and there is no older file.
    """
    loaded = await store.rows("find_id_map_load", {})
    least = fewest if fewest is not None else (1 - MOST_LOST) * loaded[0]["mapped"] if loaded else 0

    def judge(body: bytes) -> str | None:
        try:
            mapped = read_id_map(body).mappings.height
        except ValueError as unreadable:
            return str(unreadable)
        return (
            None if mapped >= least else f"it names {mapped} titles of TMDB's, where {least:.0f} at least are expected"
        )

    is_whole = force or fewest is not None
    try:
        file = await answered(client, store, REQUEST, read=judge, force=is_whole, conditional=True)
        problem = file.problem
    except UnusableAnswer as unusable:
        problem = unusable.problem
    if problem is not None:
        await store.rows("refuse_id_map", {"run_id": store.run_id, "refused": problem})
        raise IdMapRefused(
            f"Watchmode's file of ids was refused: {problem}. The ids of the file before stay. Look at the newest "
            "page of id_map in streaming.pages; if so many titles are really gone, run again with `fewest`."
        )
    return file


def keep_id_map(connection: psycopg.Connection, *, failure: str) -> IdMapLoad:
    """What stays loaded where a file was refused.

    Args:
        connection: any.
        failure: why it was.
    """
    with connection.cursor(row_factory=dict_row) as cursor:
        before = cursor.execute(statement("streaming/find_id_map_load")).fetchone()
    return IdMapLoad(mapped=0 if before is None else before["mapped"], failure=failure)


def load_id_map(connection: psycopg.Connection, file: Answered, *, run_id: str) -> IdMapLoad:
    """Loads a file in one transaction; one that was loaded before, or asked for earlier than it, changes no mapping.

    Args:
        connection: an autocommit connection.
        file: what `fetch_id_map` brought.
        run_id: the Dagster run, for the log.
    """
    digest = hashlib.sha256(file.body).digest()
    with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_id_mappings"))
        before = cursor.execute(statement("streaming/find_id_map_load")).fetchone()
        if before is not None and (before["body_sha256"] == digest or before["verified_at"] >= file.sent_at):
            if before["body_sha256"] == digest and before["verified_at"] < file.sent_at:
                cursor.execute(statement("streaming/confirm_id_map"), {"run_id": run_id, "verified_at": file.sent_at})
            return IdMapLoad(mapped=before["mapped"], failure=file.failure)
        read = read_id_map(file.body)
        counts = {
            "rows": read.rows,
            "mapped": read.mappings.height,
            **write_id_map(cursor, read),
            "without_tmdb_id": read.without_tmdb_id,
            "rejected": read.rejected,
            "repeated": read.repeated,
            "conflicts": read.conflicts.height,
        }
        told = {"run_id": run_id, "verified_at": file.sent_at, "body_sha256": digest}
        cursor.execute(statement("streaming/log_id_map_load"), told | counts)
    log.info("ids loaded", **counts)
    return IdMapLoad(**counts, is_new=True, failure=file.failure)


def write_id_map(cursor: psycopg.Cursor[dict[str, Any]], read: IdMap) -> dict[str, int]:
    """Makes the tables what a file says, in the transaction at hand, under the lock of ids.

    Returns:
        How many mappings were `inserted`, `updated` and `deleted`; those that are as they were stay untouched.
    """
    cursor.execute(statement("streaming/create_staged_mappings"))
    _copy(cursor, "copy_staged_mappings", read.mappings)
    deleted = cursor.execute(statement("streaming/delete_mappings")).rowcount
    written: dict[str, int] = cursor.execute(statement("streaming/write_mappings")).fetchall()[0]
    cursor.execute(statement("streaming/delete_mapping_conflicts"))
    _copy(cursor, "copy_mapping_conflicts", read.conflicts)
    cursor.execute(statement("streaming/analyze_mappings"))
    return {**written, "deleted": deleted}


def _conflicts(fit: pl.DataFrame, mappings: pl.DataFrame) -> pl.DataFrame:
    """Rows that share an id; those that only repeat another are none."""
    rows = (
        fit.select("media_type", "tmdb_id", "watchmode_id", "imdb_id")
        .unique(maintain_order=True)
        .join(
            mappings.select("media_type", "tmdb_id", "watchmode_id", is_kept=pl.lit(True)),
            on=["media_type", "tmdb_id", "watchmode_id"],
            how="left",
        )
        .with_columns(pl.col("is_kept").fill_null(value=False))
    )
    title, theirs = pl.struct("media_type", "tmdb_id"), pl.col("watchmode_id")
    shared = {
        "tmdb_id": theirs.n_unique().over("media_type", "tmdb_id") > 1,
        "watchmode_id": title.n_unique().over("watchmode_id") > 1,
        "imdb_id": pl.col("imdb_id").is_not_null() & (title.n_unique().over("imdb_id") > 1),
    }
    return pl.concat(
        rows.filter(is_shared).select(
            pl.lit(name).alias("conflict"), "media_type", "tmdb_id", "watchmode_id", "imdb_id", "is_kept"
        )
        for name, is_shared in shared.items()
    )


def _copy(cursor: psycopg.Cursor[dict[str, Any]], name: str, rows: pl.DataFrame) -> None:
    # Texts are quoted, so that an empty one or a backslash is what it is; null is nothing at all.
    text = rows.write_csv(include_header=False, quote_style="non_numeric")
    with cursor.copy(statement(f"streaming/{name}")) as copy:
        copy.write(text)
