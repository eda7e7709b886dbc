"""What is trending on Trakt: its lists, and how they are read (contracts: Trakt, section 4). Knows no Dagster.

Whatever used them, the aggregate with TMDB included, stands in schema trakt alone: Trakt's terms forbid feeding other
catalogues without consent.
"""

from typing import Any

import psycopg

from catalog_assets.streaming.requests import Request
from catalog_assets.streaming.trending import NAMES_NOTHING, TMDB_LISTS, Listed, Lists, TimeWindow
from catalog_assets.streaming.trending_replay import replay_lists
from catalog_assets.tmdb.models import MediaType
from catalog_assets.tmdb.replay import ReplayResult
from catalog_assets.trakt.lists import read_ranking

PERIODS: dict[TimeWindow, str] = {"day": "daily", "week": "weekly"}
MOST = 20
"""Titles of a list: as many as TMDB's have, and the 21st scores nothing."""

WITHOUT_NUMBER = "Trakt names no number of TMDB's, and none is known by IMDb's id"
NAMED_BEFORE = "the title stands further up"


def replay_trending(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes Trakt's snapshots and the aggregate with TMDB again, as `streaming.trending_replay` does TMDB's alone."""
    return replay_lists(connection, TRAKT_LISTS, swap=swap)


def _request(media_type: MediaType, time_window: TimeWindow) -> Request:
    titles = "movies" if media_type == "movie" else "shows"
    return Request(
        service="trakt",
        endpoint="trending",
        rule="trakt_trending",
        path=f"/{titles}/watched/{PERIODS[time_window]}",
        params={"page": "1", "limit": str(MOST)},
        media_type=media_type,
        time_window=time_window,
    )


def _read(body: bytes, media_type: MediaType) -> Listed:
    ranking = read_ranking(body, media_type)
    rows, named = list[tuple[Any, ...]](), set[int]()
    for row in ranking.rows:
        is_new = row.tmdb_id is not None and row.tmdb_id not in named
        problem = None if is_new else WITHOUT_NUMBER if row.tmdb_id is None else NAMED_BEFORE
        if row.tmdb_id is not None:
            named.add(row.tmdb_id)
        rows.append(
            (
                *(row.position, row.tmdb_id if is_new else None, row.imdb_id, row.trakt_id, row.title, row.year),
                *(row.watchers, row.plays, row.collectors, problem),
            )
        )
    rejected = [(place, *[None] * 8, reason) for place, reason in ranking.rejected.items()]
    return Listed([*rows, *rejected], len(rows), ranking.problem if rows or ranking.problem else NAMES_NOTHING)


TRAKT_LISTS = Lists(
    schema="trakt",
    request=_request,
    read=_read,
    columns="place, tmdb_id, imdb_id, trakt_id, title, year, watchers, plays, collectors, problem",
    beside=(TMDB_LISTS,),
    finds_ids=True,
)
"""Trakt's most watched films and series of the last day and week: unlike its list of trending ones, it tells a day from
a week, and counts plays and collectors."""
