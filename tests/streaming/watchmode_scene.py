"""Titles that Watchmode may be asked for, who of them should be asked, and a process that asks."""

import asyncio
import json
import math
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

import psycopg
from pydantic import SecretStr

from catalog_assets.streaming.store import Store, opened_store
from catalog_assets.streaming.trending import TMDB_LISTS, make_snapshots
from catalog_assets.streaming.watchmode_queue import Asked, ask_watchmode
from catalog_assets.tmdb.models import MediaType
from resources.databases import Database
from resources.watchmode import WatchmodeClient, watchmode_pace
from tests.sandbox_process import PROJECT, RunningSandbox
from tests.streaming.trending import Item, store_page, tmdb_body

T = TypeVar("T")

REGIONS = ("US", "IN", "FR")
"""Of these the sandbox's free plan has no FR."""
TTL = timedelta(hours=12)
LONGEST = timedelta(days=30)
OVERDUE = timedelta(hours=60)
MOST_STALE = 6


@dataclass(frozen=True, slots=True)
class Title:
    """A title that may be asked for, and what makes it matter."""

    media_type: MediaType
    tmdb_id: int
    watchmode_id: int
    is_work: bool = True
    day: date | None = None
    popularity: float | None = None
    rank: int | None = None


def write_titles(connection: psycopg.Connection, titles: Iterable[Title]) -> None:
    """Makes them mapped and, where they are, works."""
    with connection.cursor() as cursor:
        for title in titles:
            row = asdict(title)
            cursor.execute(
                "INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id)"
                " VALUES (%(media_type)s, %(tmdb_id)s, %(watchmode_id)s)"
                " ON CONFLICT (media_type, tmdb_id) DO UPDATE SET watchmode_id = excluded.watchmode_id",
                row,
            )
            if title.is_work:
                cursor.execute(
                    """
                    WITH kept AS (
                      INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
                      VALUES (%(media_type)s, %(tmdb_id)s, 'ids', ops.now())
                      RETURNING work_id
                    )
                    INSERT INTO tmdb.details (
                      work_id, title, release_date, popularity, genres, genre_ids, certifications, cast_members,
                      crew_members, directors, trailers, still_images, streaming, production_companies,
                      production_countries, keywords, spoken_languages, origin_country, alternative_titles,
                      translations, external_ids
                    )
                    SELECT
                      work_id, 'A title', %(day)s, %(popularity)s, '{}', '{}', '[]', '[]',
                      '[]', '{}', '[]', '{}', '{}', '[]',
                      '{}', '{}', '{}', '{}', '[]',
                      '[]', '{}'
                    FROM kept
                    """,
                    row,
                )


def write_trending(connection: psycopg.Connection, titles: Iterable[Title], now: datetime) -> None:
    """Makes this hour's snapshots of films and of series, of those that have a rank."""
    ranked = sorted(((title.rank, title) for title in titles if title.rank is not None), key=lambda placed: placed[0])
    for media_type in {title.media_type for _, title in ranked}:
        items = [Item(title.tmdb_id, title.popularity) for _, title in ranked if title.media_type == media_type]
        store_page(connection, tmdb_body(items), now - timedelta(minutes=5), media_type)
    if ranked:
        make_snapshots(connection, TMDB_LISTS, now.replace(minute=0))


def interest(title: Title, today: date) -> float:
    """How much a title matters, as docs/scores.md has it."""
    trending = 20 + 2 * (21 - title.rank) if title.rank is not None and title.rank <= 20 else 0
    days = None if title.day is None else (title.day - today).days
    recency = 0.0 if days is None else 1 + days / 90 if days <= 0 else 1 - days / 14
    requests = 0
    return 1 + trending + 20 * max(recency, 0.0) + 10 * math.log10(1 + requests)


def due(titles: Iterable[Title], answered: dict[int, datetime], now: datetime) -> list[Title]:
    """Who is due, in the order in which units go to them.

    Args:
        titles: all that may be asked for.
        answered: when each was answered last, by Watchmode's id.
        now: the time.
    """

    def age(title: Title) -> timedelta:
        return min(now - answered[title.watchmode_id], LONGEST) if title.watchmode_id in answered else LONGEST

    def order(title: Title) -> tuple[Any, ...]:
        priority = interest(title, now.date()) * min(age(title) / TTL, MOST_STALE)
        rank, known = title.rank or math.inf, title.popularity is not None
        waits = age(title) if rank <= 20 and age(title) >= OVERDUE else timedelta(0)
        return -waits, -priority, rank, not known, -(title.popularity or 0), title.media_type, title.tmdb_id

    waiting = (title for title in titles if title.is_work or title.rank is not None)
    return sorted((title for title in waiting if age(title) >= TTL), key=order)


def client_of(url: str, key: str, source_url: str, *, a_day: int = 33) -> WatchmodeClient:
    """A client with Watchmode's rules and short times."""
    pace = replace(watchmode_pace(a_day, requests_per_second=0), rest_s=0.05, busy_s=0.05)
    return WatchmodeClient(
        base_url=url, api_key=SecretStr(key), source_url=SecretStr(source_url), pace=pace, run_id="run"
    )


@dataclass(frozen=True, slots=True)
class Scene:
    """Watchmode, and the database that its answers stand in."""

    sandbox: RunningSandbox
    source_url: str
    connection: psycopg.Connection

    def within(
        self, what: Callable[[WatchmodeClient, Store], Awaitable[T]], *, a_day: int = 33, key: str | None = None
    ) -> T:
        async def scene() -> T:
            database = Database(self.source_url)
            client = client_of(self.sandbox.url, key or self.sandbox.watchmode_key, self.source_url, a_day=a_day)
            try:
                async with client, opened_store(database, "run") as store:
                    return await what(client, store)
            finally:
                await database.aclose()

        return asyncio.run(scene())

    def ask(
        self,
        *,
        regions: Sequence[str] = REGIONS,
        a_day: int = 33,
        named: Sequence[tuple[MediaType, int]] = (),
        force: bool = False,
        key: str | None = None,
    ) -> Asked:
        return self.within(
            lambda client, store: ask_watchmode(client, store, regions=regions, named=named, force=force),
            a_day=a_day,
            key=key,
        )

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), params or None).fetchall()

    def truth(self) -> dict[str, Any]:
        return self.sandbox.truth("watchmode")

    def asked(self) -> list[int]:
        """Watchmode's ids of the titles that were asked for, in order."""
        return [int(asked["key"]) for asked in self.truth()["titles"]]


class Worker:
    """A process that asks when it is told to, as a run of a deployment does."""

    def __init__(self, scene: Scene) -> None:
        given = {"WATCHMODE_URL": scene.sandbox.url, "WATCHMODE_KEY": scene.sandbox.watchmode_key}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.streaming.watchmode_scene"],
            cwd=PROJECT,
            env={**os.environ, **given, "SOURCE_URL": scene.source_url, "CATALOG_LOG_LEVEL": "ERROR"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def tell(self, what: str) -> None:
        """Tells it to ask for `titles` or for the directory of `sources`."""
        assert self.process.stdin is not None
        self.process.stdin.write(what + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, Any]:
        """What came of it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "it ended"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def end(self) -> None:
        """Ends it, as `kill -9` does."""
        self.process.kill()
        self.process.wait(timeout=10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()


async def _perform(what: str) -> dict[str, Any]:
    database = Database(os.environ["SOURCE_URL"])
    client = client_of(os.environ["WATCHMODE_URL"], os.environ["WATCHMODE_KEY"], os.environ["SOURCE_URL"])
    try:
        async with client, opened_store(database, f"process-{os.getpid()}") as store:
            if what == "titles":
                return asdict(await ask_watchmode(client, store, regions=REGIONS))
            answer = await client.get("/v1/sources", {})
            return {"status": answer.status}
    finally:
        await database.aclose()


if __name__ == "__main__":
    from resources import logs
    from resources.errors import BudgetSpent

    logs.configure("ERROR", stream=sys.stderr)
    for line in sys.stdin:
        try:
            result = asyncio.run(_perform(line.strip()))
        except BudgetSpent:
            result = {"status": 0}
        print(json.dumps(result), flush=True)
