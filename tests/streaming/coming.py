"""Services in memory that tell what is coming, and a source database that it is merged into."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import orjson
import psycopg
import zstandard
from psycopg.types.json import Jsonb

from catalog_assets.streaming.coming_soon import ComingSoon, Fetched, fetch_releases, fetch_upcoming, make_coming_soon
from catalog_assets.streaming.store import opened_store
from resources.client import Answer
from resources.databases import Database
from resources.errors import ServiceError, ServiceResting
from tests.streaming.conftest import Clock

REGIONS = ("US", "IN")


def film(tmdb_id: int, day: date | str | None, **more: Any) -> dict[str, Any]:
    """A row of TMDB's list of upcoming films."""
    row = {"id": tmdb_id, "title": f"Film {tmdb_id}", "poster_path": f"/{tmdb_id}.jpg", "overview": "It begins."}
    return {**row, **({} if day is None else {"release_date": str(day)}), **more}


def release(watchmode_id: int, day: date, **more: Any) -> dict[str, Any]:
    """A row of Watchmode's releases, of a film on Netflix unless it says otherwise."""
    row = {"id": watchmode_id, "title": f"Title {watchmode_id}", "type": "movie", "tmdb_id": None, "tmdb_type": None}
    service = {"source_id": 203, "source_name": "Netflix", "is_original": 1, "season_number": None}
    return {**row, **service, "source_release_date": day.isoformat(), **more}


def describe_watchmode(connection: psycopg.Connection) -> None:
    """Makes Watchmode a service with a pace, as its client does: its budgets belong to it."""
    connection.execute(
        "INSERT INTO ops.pace (service, interval_s, rest_s, slow_s, timeout_s) VALUES ('watchmode', 0, 1, 1, 1)"
    )


@dataclass
class Service:
    """Answers from what is put in: lists of films by region, pages of two rows; releases within the days asked for.

    Attributes:
        clock: of the database.
        films: by region.
        releases: rows.
        failure: raised in place of any answer but that of Watchmode's `/status`.
        status: raised in place of that.
        behind: by how much the clock of the service is; None: its answers have no date.
        asked: every request's parameters, those of `/status` apart.
        statuses: how often that was asked for.
    """

    clock: Clock
    films: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    releases: list[dict[str, Any]] = field(default_factory=list)
    failure: ServiceError | None = None
    status: ServiceError | None = None
    behind: timedelta | None = None
    asked: list[dict[str, str]] = field(default_factory=list)
    statuses: int = 0

    async def get(
        self,
        path: str,
        params: Mapping[str, str],
        etag: str | None = None,  # noqa: ARG002 - what clients take
        cost: int = 1,  # noqa: ARG002 - likewise
    ) -> Answer:
        if path == "/v1/status":
            self.statuses += 1
            content, failure = {"quota": 2500, "quotaUsed": 0}, self.status
        else:
            self.asked.append(dict(params))
            content = self._listed(params) if path == "/3/movie/upcoming" else self._released(params)
            failure = self.failure
        if failure is not None:
            raise failure
        sent = self.clock.at
        served = None if self.behind is None else sent - self.behind
        received, body = sent + timedelta(seconds=1), orjson.dumps(content)
        return Answer(path, dict(params), 200, body, sent, received, 1, 0.0, served_at=served)

    def _listed(self, params: Mapping[str, str]) -> dict[str, Any]:
        films, page = self.films.get(params["region"], []), int(params["page"])
        pages = max(-(-len(films) // 2), 1)
        rows = films[2 * page - 2 : 2 * page]
        return {"page": page, "results": rows, "total_pages": pages, "total_results": len(films)}

    def _released(self, params: Mapping[str, str]) -> dict[str, Any]:
        days = [f"{params[name][:4]}-{params[name][4:6]}-{params[name][6:]}" for name in ("start_date", "end_date")]
        rows = [row for row in self.releases if days[0] <= row["source_release_date"] <= days[1]]
        return {"releases": rows[: int(params["limit"])]}


@dataclass
class Scene:
    """TMDB and Watchmode, and the database.

    Attributes:
        uses: how the answers of the last fetch were come by.
    """

    source_url: str
    clock: Clock
    tmdb: Service
    watchmode: Service
    uses: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        describe_watchmode(self.connection)

    @property
    def connection(self) -> psycopg.Connection:
        return self.clock.connection

    @property
    def today(self) -> date:
        return self.clock.at.date()

    def day(self, days: int) -> date:
        """A day so many from today."""
        return self.today + timedelta(days=days)

    def fetch(self, regions: Sequence[str] = REGIONS, *, force: bool = False) -> tuple[Fetched, Fetched]:
        async def scene() -> tuple[Fetched, Fetched]:
            database = Database(self.source_url)
            try:
                async with opened_store(database, "run") as store:
                    self.uses = store.uses
                    upcoming = await fetch_upcoming(self.tmdb, store, regions=regions, force=force)
                    return upcoming, await fetch_releases(self.watchmode, store, force=force)
            finally:
                await database.aclose()

        return asyncio.run(scene())

    def make(self, regions: Sequence[str] = REGIONS) -> ComingSoon:
        return make_coming_soon(self.connection, regions=regions, run_id="run")

    def day_passes(self, regions: Sequence[str] = REGIONS, days: int = 1) -> ComingSoon:
        """Another day, on which services are asked and what they say is merged."""
        self.clock.advance(days=days)
        self.fetch(regions)
        return self.make(regions)

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), params or None).fetchall()

    def coming(self, what: str = "tmdb_id, release_date", where: str = "true") -> list[tuple[Any, ...]]:
        query = f"SELECT {what} FROM coming_soon_releases WHERE {where} ORDER BY release_date, tmdb_id, region"  # noqa: S608
        return self.rows(query)

    def store_details(self, tmdb_id: int, dates: Mapping[str, Sequence[tuple[int, date]]]) -> None:
        """Stores a page of a film's details with its releases by country, each with its type and day."""
        block = [
            {
                "iso_3166_1": country,
                "release_dates": [{"type": type_, "release_date": f"{day}T00:00:00.000Z"} for type_, day in releases],
            }
            for country, releases in dates.items()
        ]
        body = zstandard.compress(orjson.dumps({"id": tmdb_id, "release_dates": {"results": block}}))
        self.connection.execute(
            "INSERT INTO tmdb.pages (endpoint, media_type, tmdb_id, path, params, status, sent_at, received_at, body,"
            " body_bytes, body_sha256, blocks, run_id)"
            " VALUES ('details', 'movie', %s, '/', %s, 200, %s, %s, %s, 1, '', '{release_dates}', 'run')",
            (tmdb_id, Jsonb({}), self.clock.at, self.clock.at, body),
        )


DOWN = ServiceResting("it rests", "tmdb", "/3/movie/upcoming")
