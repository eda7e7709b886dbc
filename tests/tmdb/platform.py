"""TMDB's sandbox and a source database, for tests that ask it directly or through Dagster's jobs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import dagster as dg
import psycopg
import pytest
from pydantic import SecretStr

from catalog_assets.build import build_definitions
from catalog_assets.tmdb.discovery import Discovered, discover, want
from catalog_assets.tmdb.merge import MergeResult, merge_details
from catalog_assets.tmdb.models import MediaType
from catalog_assets.tmdb.refresh import Refreshed, refresh
from catalog_assets.tmdb.store import Store, opened_store
from resources.databases import Database
from resources.pace import ServicePace
from resources.tmdb import TmdbClient, tmdb_pace
from tests.sandbox_process import RunningSandbox, running_sandbox

T = TypeVar("T")

UNLIMITED = ("--tmdb-rate=0", "--tmdb-latency=0")
FILMS = 400
"""Films of Hotstar; TMDB knows as many, more or less."""


@dataclass(frozen=True, slots=True)
class Tmdb:
    """TMDB, and the database that its works stand in."""

    sandbox: RunningSandbox
    source_url: str
    connection: psycopg.Connection

    def ask(
        self, what: Callable[[TmdbClient, Store], Awaitable[T]], *, run_id: str = "run", pace: ServicePace | None = None
    ) -> T:
        """Asks with a client and a store of one run."""

        async def scene() -> T:
            database = Database(self.source_url)
            client = TmdbClient(
                base_url=self.sandbox.url,
                api_key=SecretStr(self.sandbox.tmdb_token),
                source_url=SecretStr(self.source_url),
                run_id=run_id,
                pace=pace or tmdb_pace(0),
            )
            try:
                async with client, opened_store(database, run_id) as store:
                    return await what(client, store)
            finally:
                await database.aclose()

        return asyncio.run(scene())

    def discover(self, source: str = "popular", most: int = 20, media_type: MediaType = "movie") -> Discovered:
        return self.ask(lambda client, store: discover(client, store, source=source, most=most, media_type=media_type))

    def want(self, *tmdb_ids: int, media_type: MediaType = "movie") -> list[int]:
        return self.ask(lambda _, store: want(store, tmdb_ids, wanted_by="ids", media_type=media_type))

    def refresh(self, *, run_id: str = "run", **given: Any) -> Refreshed:
        return self.ask(lambda client, store: refresh(client, store, **given), run_id=run_id)

    def merge(self) -> MergeResult:
        return merge_details(self.connection, run_id="run")

    def rows(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(query.encode(), params or None).fetchall()

    def one(self, query: str, *params: Any) -> Any:
        return self.rows(query, *params)[0][0]

    def ids(self, kind: str = "tmdb_film") -> list[int]:
        """The films, or the series, that there are."""
        ids: list[int] = self.sandbox.truth(kind, ids=1)["ids"]
        return ids

    def requests(self, path: str = "") -> int:
        """How many requests to paths that begin so the service counted."""
        asked = self.sandbox.truth("tmdb_film", requests=1)["requests"]["tmdb"]
        return sum(each["path"].startswith(f"/3{path}") for each in asked)


@contextmanager
def tmdb_sandbox(source_url: str, *, options: tuple[str, ...] = UNLIMITED) -> Iterator[Tmdb]:
    with (
        running_sandbox(movies=FILMS, options=options) as sandbox,
        psycopg.connect(source_url, autocommit=True) as connection,
    ):
        yield Tmdb(sandbox, source_url, connection)


@dataclass(frozen=True, slots=True)
class Jobs:
    """TMDB's jobs as Dagster runs them."""

    tmdb: Tmdb
    instance: dg.DagsterInstance
    definitions: dg.Definitions = field(default_factory=cache(build_definitions))

    def run(
        self, job: str, *, only: list[str] | None = None, tags: dict[str, str] | None = None, **configs: dict[str, Any]
    ) -> dg.ExecuteInProcessResult:
        """A run of a job for today; `title_lists={…}` configures an asset."""
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=None if tags and "dagster/asset_partition_range_start" in tags else today(),
            tags=tags,
            run_config={"ops": {f"tmdb__{name}": {"config": config} for name, config in configs.items()}},
            asset_selection=[dg.AssetKey(["tmdb", name]) for name in only] if only else None,
            raise_on_error=False,
        )


@contextmanager
def tmdb_jobs(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    with tmdb_sandbox(source_url) as tmdb, dg.DagsterInstance.ephemeral() as instance:
        urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
        rest = {"CATALOG_ORIGIN_TMDB": "sandbox:1", "SANDBOX_TMDB_RATE": "0", "CATALOG_LOG_LEVEL": "WARNING"}
        for name, value in {**tmdb.sandbox.environment(), **urls, **rest}.items():
            monkeypatch.setenv(name, value)
        yield Jobs(tmdb, instance)


def today() -> str:
    return datetime.now(UTC).date().isoformat()


def failed_checks(result: dg.ExecuteInProcessResult) -> set[str]:
    return {found.check_name for found in result.get_asset_check_evaluations() if not found.passed}
