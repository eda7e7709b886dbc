"""Named statements of TMDB's tables on one connection, and pages stored through it. Nothing here knows Dagster."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Literal, Protocol

import psycopg
import zstandard
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from catalog_assets.tmdb.models import MediaType
from resources.client import AnswerLike
from resources.databases import Database
from resources.statements import statement

Endpoint = Literal["list", "changes", "details"]

COMPRESSION_LEVEL = 3


class Client(Protocol):
    """What answers: `resources.tmdb.TmdbClient`, or a service in memory."""

    async def get(self, path: str, params: Mapping[str, str], *, etag: str | None = None) -> AnswerLike:
        """One answer; with an etag it may be 304 and empty."""
        ...

    def now(self) -> datetime:
        """The database's time, UTC."""
        ...


class Store:
    """Runs statements one after the other, in transactions where asked for.

    Args:
        driver: an autocommit connection.
        run_id: written into every page.
    """

    def __init__(self, driver: psycopg.AsyncConnection, run_id: str) -> None:
        self.run_id = run_id
        self._driver = driver
        self._turn = asyncio.Lock()

    async def rows(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Runs `sql/tmdb/<name>.sql` by itself and returns its rows."""
        async with self._turn:
            return await self._run(name, params)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Writing"]:
        """Several statements that stand together or not at all."""
        async with self._turn, self._driver.transaction():
            yield Writing(self)

    async def _run(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._driver.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(statement(f"tmdb/{name}"), params)
            return await cursor.fetchall() if cursor.description else []


class Writing:
    """A transaction of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Runs `sql/tmdb/<name>.sql` and returns its rows."""
        return await self._store._run(name, params)  # noqa: SLF001 - the store's own transaction

    async def page(
        self,
        answer: AnswerLike,
        endpoint: Endpoint,
        media_type: MediaType,
        *,
        source: str | None = None,
        tmdb_id: int | None = None,
        blocks: Sequence[str] = (),
        problem: str | None = None,
    ) -> int:
        """Stores an answer as it came; returns its number."""
        (row,) = await self.rows(
            "store_page",
            {
                "endpoint": endpoint,
                "media_type": media_type,
                "source": source,
                "tmdb_id": tmdb_id,
                "path": answer.path,
                "params": Jsonb(answer.params),
                "status": answer.status,
                "etag": answer.etag,
                "sent_at": answer.sent_at,
                "received_at": answer.received_at,
                "body": zstandard.ZstdCompressor(level=COMPRESSION_LEVEL).compress(answer.body),
                "body_bytes": len(answer.body),
                "body_sha256": hashlib.sha256(answer.body).digest(),
                "blocks": list(blocks),
                "problem": problem,
                "run_id": self._store.run_id,
            },
        )
        page_id: int = row["page_id"]
        return page_id


@asynccontextmanager
async def opened_store(database: Database, run_id: str) -> AsyncIterator[Store]:
    """A store on a connection of its own.

    Raises:
        DatabaseError: no connection could be made.
    """
    async with database.async_connection(autocommit=True) as driver:
        yield Store(driver, run_id)
