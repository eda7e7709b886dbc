"""Pages of trending lists put into a database, and what their snapshots should be, in plain Python."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
import psycopg
from psycopg.types.json import Jsonb

from catalog_assets.streaming.trending import TimeWindow
from catalog_assets.tmdb.models import MediaType
from resources.origins import stamp_origin

TTLS = {"tmdb_trending": 3, "trakt_trending": 1, "aggregated_trending": 1}
"""Hours."""


@dataclass(frozen=True, slots=True)
class Item:
    """A title in a list; `tmdb_id` None: TMDB's row is broken, Trakt's names no number."""

    tmdb_id: int | None
    popularity: float | None = None
    imdb_id: str | None = None


def describe_ttls(connection: psycopg.Connection) -> None:
    connection.cursor().executemany(
        "INSERT INTO streaming.ttls VALUES (%s, make_interval(hours => %s))", list(TTLS.items())
    )


def tmdb_body(items: Sequence[Item]) -> bytes:
    rows = [
        {
            "id": "none" if item.tmdb_id is None else item.tmdb_id,
            "title": f"Title {item.tmdb_id}",
            "name": f"Title {item.tmdb_id}",
            "popularity": item.popularity,
        }
        for item in items
    ]
    return orjson.dumps({"page": 1, "total_pages": 1, "total_results": len(rows), "results": rows})


def trakt_body(items: Sequence[Item], media_type: MediaType) -> bytes:
    def ids(place: int, item: Item) -> dict[str, Any]:
        return {"trakt": 1_000 + place, "tmdb": item.tmdb_id, "imdb": item.imdb_id}

    key = "movie" if media_type == "movie" else "show"
    return orjson.dumps(
        [
            {
                "watcher_count": 900 - place,
                "play_count": 1_900 - place,
                "collected_count": 2_900 - place,
                key: {"title": f"Trakt's {item.tmdb_id}", "year": 2026, "ids": ids(place, item)},
            }
            for place, item in enumerate(items)
        ]
    )


def store_page(
    connection: psycopg.Connection,
    body: bytes,
    at: datetime,
    media_type: MediaType = "movie",
    time_window: TimeWindow = "day",
    *,
    schema: str = "streaming",
) -> int:
    """A usable page of a list, asked for at a time; returns its number."""
    service = "tmdb" if schema == "streaming" else "trakt"
    query = (  # the schema is one of two
        f"INSERT INTO {schema}.pages (service, endpoint, rule, cache_key, media_type, time_window, path, params,"  # noqa: S608
        " status, sent_at, received_at, body, body_bytes, body_sha256, run_id)"
        " VALUES (%s, 'trending', %s, %s, %s, %s, '/', %s, 200, %s, %s, %s, 1, '', 'run') RETURNING page_id"
    )
    if schema == "trakt":
        stamp_origin(connection, service="trakt", origin="tests")
    named = (service, f"{service}_trending", f"{service}:trending:{media_type}{time_window}", media_type, time_window)
    row = connection.execute(query.encode(), (*named, Jsonb({}), at, at, body)).fetchone()
    assert row is not None
    page_id: int = row[0]
    return page_id


def scored(items: Sequence[Item]) -> dict[int, float]:
    """The score of each title by the documented formula; of one that comes twice the first counts."""
    scores: dict[int, float] = {}
    for place, item in enumerate(items):
        if item.tmdb_id is not None:
            scores.setdefault(item.tmdb_id, 50 - min(2.5 * place, 50))
    return scores


def ranked(*lists: Sequence[Item], popularity: Mapping[int, float | None]) -> list[tuple[int, int, float]]:
    """Rank, title and score of the aggregate of some lists, in the documented order."""
    total: dict[int, float] = {}
    for each in map(scored, lists):
        for tmdb_id, score in each.items():
            total[tmdb_id] = total.get(tmdb_id, 0) + score

    def order(tmdb_id: int) -> tuple[float, bool, float, int]:
        known = popularity.get(tmdb_id)
        return -total[tmdb_id], known is None, -(known or 0), tmdb_id

    return [(rank, tmdb_id, total[tmdb_id]) for rank, tmdb_id in enumerate(sorted(total, key=order), 1)]


def popularities(items: Sequence[Item]) -> dict[int, float | None]:
    """What a list says of each title's popularity, where it comes first."""
    known: dict[int, float | None] = {}
    for item in items:
        if item.tmdb_id is not None:
            known.setdefault(item.tmdb_id, item.popularity)
    return known
