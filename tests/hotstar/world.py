"""A service in memory, a database, and the listings that run between them."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import cast

import orjson
import psycopg
import pytest
import zstandard
from psycopg.rows import dict_row

from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.listing import ListingResult
from catalog_assets.hotstar.updates import list_updates
from catalog_assets.hotstar.windows import Paging
from resources.databases import Database
from resources.errors import ServiceUnreachable
from tests.hotstar.memory_service import Item, MemoryService

SMALL = Paging(size=5, reach=15)
DAY = timedelta(days=1)


def now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def days_ago(days: float) -> int:
    """An epoch second so many days before now."""
    return int((now() - DAY * days).timestamp())


class World:
    """A service, a database and what runs between them."""

    def __init__(self, runner: asyncio.Runner, url: str) -> None:
        self.runner = runner
        self.url = url
        self.database = Database(url)
        self.service = MemoryService({}, SMALL)

    def census(self, *, run_id: str = "run", approved_deletions: int | None = None) -> ListingResult:
        """A census whose pages a merge then takes."""
        result = self.runner.run(
            take_census(
                kind=MOVIE,
                client=self.service,
                database=self.database,
                run_id=run_id,
                origin="memory",
                approved_deletions=approved_deletions,
                paging=self.service.paging,
            )
        )
        self.execute(
            "WITH merge AS ("
            "INSERT INTO merges (kind, run_id, merged_at) VALUES ('movie', 'run', now()) RETURNING merge_id)"
            " INSERT INTO page_merges SELECT page_id, merge_id FROM pages, merge"
            " WHERE page_id NOT IN (SELECT page_id FROM page_merges)"
        )
        return result

    def updates(self, start: datetime, end: datetime) -> ListingResult:
        return self.runner.run(
            list_updates(
                kind=MOVIE,
                client=self.service,
                database=self.database,
                run_id="run",
                origin="memory",
                start=start,
                end=end,
                paging=self.service.paging,
            )
        )

    def rows(self, query: str) -> list[dict[str, object]]:
        with psycopg.connect(self.url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def newest(self) -> dict[str, dict[str, object]]:
        """Every item as the page sent last shows it."""
        return {
            item["contentId"]: item
            for row in self.rows("SELECT body FROM pages ORDER BY sent_at, page_id")
            for item in orjson.loads(zstandard.decompress(cast("bytes", row["body"])))["body"]["results"]["items"]
        }

    def execute(self, query: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(query.encode())

    def merged(self) -> None:
        """Makes the items known, as a merge would."""
        with psycopg.connect(self.url) as connection:
            connection.execute("DELETE FROM items")
            connection.execute("CREATE TEMP TABLE known (content_id text, update_s bigint)")
            with connection.cursor().copy("COPY known FROM STDIN") as copy:
                for content_id, item in self.service.items.items():
                    copy.write_row((content_id, item.update))
            connection.execute(
                "INSERT INTO items (kind, content_id, update_s, item_hash, page_id, position, version_from,"
                " first_seen_at, updated_at, is_test)"
                " SELECT 'movie', content_id, update_s, gen_random_uuid(), 0, 0, now(), now(), now(), false FROM known"
            )


def spread(count: int) -> list[Item]:
    """Items updated on different days, long ago."""
    return [Item(days_ago(10 + number), number) for number in range(count)]


def cut_off(world: World, after: int) -> None:
    """A census that the service ends after so many answers."""
    last = len(world.service.asked) + after

    def gone(number: int) -> None:
        if number == last:
            raise ServiceUnreachable("gone", "hotstar")

    world.service.before = gone
    with pytest.raises(ServiceUnreachable):
        world.census()
    world.service.before = lambda _: None
