"""TMDB's client as an asset gets it: from the settings of the moment, for a database of its origin."""

import asyncio
from collections.abc import Iterator
from contextlib import closing

import psycopg
import pytest

from catalog_assets.build import build_definitions
from resources.dagster_resources import Tmdb
from resources.databases import Database
from resources.errors import OriginMismatch, SettingsError
from tests.sandbox_process import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=20, options=("--tmdb-rate=0", "--tmdb-latency=0")) as started:
        yield started


@pytest.fixture
def reached(sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The variables that a command with this sandbox sets."""
    rest = {"CATALOG_ORIGIN_TMDB": "sandbox:1", "SANDBOX_TMDB_RATE": "0"}
    for name, value in {**sandbox.environment(), **rest}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def asked(source_url: str) -> None:
    async def ask(database: Database) -> None:
        async with Tmdb().client(database, run_id="run-1", asset="tmdb/title_lists") as client:
            assert (await client.get("/3/movie/popular", {})).status == 200

    with closing(Database(source_url)) as database:
        asyncio.run(ask(database))


def test_a_client_stamps_the_database_and_asks_as_fast_as_the_sandbox_takes_it(
    source_url: str, reached: pytest.MonkeyPatch
) -> None:
    asked(source_url)
    assert Tmdb().origin() == "sandbox:1"
    with psycopg.connect(source_url) as connection:
        assert connection.execute("SELECT service, origin FROM ops.origins").fetchall() == [("tmdb", "sandbox:1")]
        assert connection.execute("SELECT service, interval_s FROM ops.pace").fetchall() == [("tmdb", 0.0)]
        assert connection.execute("SELECT run_id, asset FROM ops.api_calls").fetchall() == [
            ("run-1", "tmdb/title_lists")
        ]


def test_a_database_of_another_origin_is_not_asked_for(source_url: str, reached: pytest.MonkeyPatch) -> None:
    asked(source_url)
    reached.setenv("CATALOG_ORIGIN_TMDB", "sandbox:2")
    with pytest.raises(OriginMismatch, match="tmdb data of «sandbox:1»"):
        asked(source_url)


def test_without_a_key_it_is_off(source_url: str, reached: pytest.MonkeyPatch) -> None:
    reached.delenv("TMDB_API_KEY")
    with pytest.raises(SettingsError, match="TMDB is off: set TMDB_API_KEY"):
        asked(source_url)


def test_the_code_location_has_it() -> None:
    assert isinstance((build_definitions().resources or {})["tmdb"], Tmdb)
