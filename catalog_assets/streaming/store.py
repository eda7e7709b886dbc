"""Named statements of schema streaming or trakt on one connection, and answers stored through it. Knows no Dagster."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, Literal, LiteralString, get_args

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from catalog_assets.streaming.requests import Request
from resources.client import AnswerLike
from resources.databases import Database
from resources.settings import load_settings
from resources.statements import statement

Schema = Literal["streaming", "trakt"]

Use = Literal["hits", "misses", "stale"]
"""How an answer was come by: fresh enough, asked for and had, or asked for in vain so that an older one is served."""

USES: tuple[Use, ...] = get_args(Use)


class Store:
    """Runs statements one after the other, in transactions where asked for.

    Args:
        driver: an autocommit connection.
        run_id: written into every page.
        schema: whose pages and statements: what comes from Trakt stands apart.

    Attributes:
        uses: how many answers this store's user came by in each way; `streaming.cache_uses` counts everybody's.
    """

    def __init__(self, driver: psycopg.AsyncConnection, run_id: str, schema: Schema = "streaming") -> None:
        self.run_id = run_id
        self.schema: Schema = schema
        self.uses: dict[str, int] = dict.fromkeys(USES, 0)
        self._driver = driver
        self._turn = asyncio.Lock()

    async def rows(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Runs `sql/<schema>/<name>.sql` by itself and returns its rows."""
        async with self._turn:
            return await self._run(statement(f"{self.schema}/{name}"), params)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator["Writing"]:
        """Several statements that stand together or not at all."""
        async with self._turn, self._driver.transaction():
            yield Writing(self)

    async def find(self, request: Request) -> dict[str, Any] | None:
        """The newest usable answer to a request: `page_id`, `body`, `etag`, `sent_at`, `is_fresh`; None: never had."""
        asked = {"cache_key": request.cache_key, "rule": request.rule}
        async with self._turn:
            found = await self._run(self._of_pages("find_answer"), asked)
        return found[0] if found else None

    async def newest(self, request: Request) -> dict[str, Any] | None:
        """The newest answer to a request, usable or not: `body`, `etag`, `problem`; None: never had."""
        async with self._turn:
            found = await self._run(self._of_pages("find_newest"), {"cache_key": request.cache_key})
        return found[0] if found else None

    async def count(self, rule: str, use: Use) -> None:
        """Counts how an answer was come by."""
        async with self._turn:
            await self._run(statement("streaming/count_cache_use"), {"rule": rule, "use": use})
        self.uses[use] += 1

    def _of_pages(self, name: str) -> LiteralString:
        pages: LiteralString = "streaming.pages" if self.schema == "streaming" else "trakt.pages"
        return statement(f"streaming/{name}").replace("{pages}", pages)

    async def _run(self, sql: LiteralString, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        async with self._driver.cursor(row_factory=dict_row) as cursor:
            await cursor.execute(sql, params)
            return await cursor.fetchall() if cursor.description else []


class Writing:
    """A transaction of a store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def rows(self, name: str, params: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Runs `sql/<schema>/<name>.sql` and returns its rows."""
        return await self._store._run(  # noqa: SLF001 - the store's own transaction
            statement(f"{self._store.schema}/{name}"), params
        )

    async def page(self, request: Request, answer: AnswerLike, *, problem: str | None = None) -> int:
        """Stores an answer as it came; returns its number."""
        (row,) = await self._store._run(  # noqa: SLF001 - the store's own transaction
            self._store._of_pages("store_page"),  # noqa: SLF001
            {
                "service": request.service,
                "endpoint": request.endpoint,
                "rule": request.rule,
                "cache_key": request.cache_key,
                "media_type": request.media_type,
                "tmdb_id": request.tmdb_id,
                "region": request.region,
                "time_window": request.time_window,
                "path": answer.path,
                "params": Jsonb(answer.params),
                "status": answer.status,
                "etag": answer.etag,
                "sent_at": answer.sent_at,
                "received_at": answer.received_at,
                "body": answer.body,
                "body_bytes": len(answer.body),
                "body_sha256": hashlib.sha256(answer.body).digest(),
                "problem": problem,
                "run_id": self._store.run_id,
            },
        )
        page_id: int = row["page_id"]
        return page_id


@asynccontextmanager
async def opened_store(database: Database, run_id: str, schema: Schema = "streaming") -> AsyncIterator[Store]:
    """A store on a connection of its own; how long answers count as fresh is as the settings say.

    Raises:
        DatabaseError: no connection could be made.
        SettingsError: a setting cannot be used.
    """
    ttls = load_settings().ttl_hours
    described = {"rules": list(ttls), "ttls": [timedelta(hours=hours) for hours in ttls.values()]}
    async with database.async_connection(autocommit=True) as driver:
        await driver.execute(statement("streaming/describe_ttls"), described)
        yield Store(driver, run_id, schema)
