"""Pages put straight into a database, as a listing would have stored them, for tests of what is made from pages."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import psycopg
import zstandard

from catalog_assets.hotstar.kinds import CHANNEL, KINDS, MOVIE, SEASON, SHOW, Kind
from catalog_assets.hotstar.merge import MergeResult, merge_pages

START = datetime(2026, 11, 2, tzinfo=UTC)


def film(number: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": number,
        "contentId": str(1000 + number),
        "title": f"Film {number}",
        "assetStatus": "PUBLISHED",
        "startDate": 1_500_000_000,
        "endDate": 4_102_424_940,
        "updateDate": 1_600_000_000 + number,
        "premium": True,
        "genre": ["Drama"],
        **fields,
    }


def item_of(kind: Kind, number: int, **fields: Any) -> dict[str, Any]:
    """An item with what every item of its kind has; the same number makes the same ids in every kind."""
    integer_id = kind in (SHOW, SEASON, CHANNEL)
    item = {
        **film(number),
        "contentId": 1000 + number if integer_id else str(1000 + number),
        kind.title_field: f"{kind.name.title()} {number}",
    }
    if kind is SEASON:
        item["showId"] = 7
    if not kind.is_polled:
        item = {name: value for name, value in item.items() if name not in {"assetStatus", "updateDate"}}
    return {**item, **fields}


def body_of(items: Sequence[Mapping[str, Any]]) -> bytes:
    return orjson.dumps({"body": {"results": {"items": items, "totalResults": len(items)}}})


def store_listing(
    connection: psycopg.Connection,
    *,
    purpose: str = "update",
    at: datetime = START,
    status: str = "complete",
    approved: int | None = None,
    run_id: str = "run",
    kind: Kind = MOVIE,
) -> int:
    """A listing that began at a time and, unless it is running, ended a minute later."""
    ended = None if status == "running" else at + timedelta(minutes=1)
    row = connection.execute(
        "INSERT INTO hotstar.listings (kind, purpose, run_id, started_at, completed_at, status, approved_deletions,"
        " total, distinct_ids, duplicates) VALUES (%s, %s, %s, %s, %s, %s, %s, 0, 0, 0) RETURNING listing_id",
        (kind.name, purpose, run_id, at, ended, status, approved),
    ).fetchone()
    assert row is not None
    return int(row[0])


def store_page(
    connection: psycopg.Connection, listing_id: int, body: bytes, *, at: datetime = START, kind: Kind = MOVIE
) -> int:
    part = connection.execute(
        "INSERT INTO hotstar.parts (listing_id, role, filters, started_at) VALUES (%s, 'part', '{}', %s)"
        " RETURNING part_id",
        (listing_id, at),
    ).fetchone()
    assert part is not None
    page = connection.execute(
        "INSERT INTO hotstar.pages (kind, listing_id, part_id, reading, descending, page_offset, path, params, status,"
        " sent_at, received_at, body, body_bytes, body_sha256, readable, run_id)"
        " VALUES (%s, %s, %s, 1, false, 0, %s, '{}', 200, %s, %s, %s, %s, %s, true, 'run')"
        " RETURNING page_id",
        (
            kind.name,
            listing_id,
            part[0],
            kind.path,
            at,
            at + timedelta(seconds=1),
            zstandard.ZstdCompressor().compress(body),
            len(body),
            hashlib.sha256(body).digest(),
        ),
    ).fetchone()
    assert page is not None
    return int(page[0])


def store_items(
    connection: psycopg.Connection,
    items: Sequence[Mapping[str, Any]],
    *,
    purpose: str = "update",
    at: datetime = START,
    status: str = "complete",
    approved: int | None = None,
    kind: Kind = MOVIE,
) -> int:
    """One listing with one page of these items."""
    listing = store_listing(connection, purpose=purpose, at=at, status=status, approved=approved, kind=kind)
    store_page(connection, listing, body_of(items), at=at, kind=kind)
    return listing


store_films = store_items


def merged(connection: psycopg.Connection, kind: Kind = MOVIE) -> MergeResult:
    return merge_pages(connection, kind, run_id="run")


EMPTIED = (
    "staged_items",
    "rejected_items",
    "page_merges",
    "sightings",
    "item_versions",
    "items",
    *(kind.table for kind in KINDS.values()),
    "deletion_events",
    "withheld_deletions",
    "daily_figures",
    "coverage",
    "start_date_uses",
    "hotstar_sync_log",
    "merges",
    "pages",
    "removals",
    "parts",
    "listings",
)
"""The tables of the schema but its rules, those that refer to others first."""


def empty(connection: psycopg.Connection) -> None:
    """Deletes every row: of a few rows that is a hundred times as quick as truncating as many tables."""
    for table in EMPTIED:
        connection.execute(f"DELETE FROM hotstar.{table}".encode())  # noqa: S608 - names from here


def rows(connection: psycopg.Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    """What a query answers."""
    return connection.execute(query.encode(), values or None).fetchall()
