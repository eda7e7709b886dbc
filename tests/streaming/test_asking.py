"""Every asset that asks a service tells the UI how its run came by answers: how many hits, misses and stale ones."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import dagster as dg
import psycopg
import pytest

from catalog_assets.streaming.automation import ASKING
from catalog_assets.streaming.availability_assets import providers
from catalog_assets.streaming.coming_soon_assets import coming_soon_pages
from catalog_assets.streaming.store import USES
from catalog_assets.streaming.trending_assets import tmdb_trending_pages
from catalog_assets.streaming.watchmode_assets import id_mappings, watchmode_pages
from catalog_assets.trakt.trending_assets import trakt_trending_pages
from resources.dagster_resources import SourceDatabase, Tmdb, Trakt, Watchmode
from tests.sandbox_process import RunningSandbox, running_sandbox

DAILY = (id_mappings, providers, watchmode_pages, coming_soon_pages)
HOURLY = (tmdb_trending_pages, trakt_trending_pages)
FORMATS = {DAILY: "%Y-%m-%d", HOURLY: "%Y-%m-%d-%H:00"}

ONE_ANSWER: Mapping[str, dict[str, Any]] = {
    "id_mappings": {"path": "/datasets/title_id_map.csv"},
    "providers": {"path": "/3/watch/providers/movie"},
    "watchmode_pages": {"path": "/v1/title/{watchmode_id}/sources"},
    "coming_soon_pages": {"path": "/3/movie/upcoming", "params": {"region": "US"}},
    "tmdb_trending_pages": {"path": "/3/trending/movie/day"},
    "trending_pages": {"path": "/movies/watched/daily"},
}
"""Of what each asset asks for, one request."""

Uses = Mapping[str, int]


@pytest.fixture
def sandbox(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[RunningSandbox]:
    with running_sandbox(movies=200, options=("--tmdb-rate=0", "--tmdb-latency=0")) as running:
        urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
        origins = {f"CATALOG_ORIGIN_{name}": "sandbox:1" for name in ("TMDB", "WATCHMODE", "TRAKT")}
        rest = {"SANDBOX_TMDB_RATE": "0", "SANDBOX_TRAKT_RATE": "0", "CATALOG_REGIONS": "US,IN"}
        on = {"TRAKT_ENABLED": "1", "TRAKT_CONTACT": "tests@localhost"}
        for name, value in {**running.environment(), **urls, **origins, **rest, **on}.items():
            monkeypatch.setenv(name, value)
        yield running


def uses_of_a_run(film: int, *, force: bool = False) -> dict[str, Uses]:
    """Materialises every asset that asks; what each tells of how it came by answers."""
    found: dict[str, Uses] = {}
    for assets, written in FORMATS.items():
        configs: dict[str, dict[str, Any]] = {"__".join(each.key.path): {"force": force} for each in assets}
        if watchmode_pages in assets:
            configs["streaming__watchmode_pages"]["tmdb_ids"] = [film]
        with dg.DagsterInstance.ephemeral() as instance:
            done = dg.materialize(
                assets,
                partition_key=datetime.now(UTC).strftime(written),
                resources={"source": SourceDatabase(), "tmdb": Tmdb(), "watchmode": Watchmode(), "trakt": Trakt()},
                run_config={"ops": {name: {"config": config} for name, config in configs.items()}},
                instance=instance,
            )
        for event in done.get_asset_materialization_events():
            told = event.materialization.metadata
            assert all(isinstance(told[use], dg.IntMetadataValue) for use in USES), "the UI plots numbers"
            found[event.materialization.asset_key.path[-1]] = {use: int(str(told[use].value)) for use in USES}
    return found


def counted(connection: psycopg.Connection) -> Uses:
    """How all answers so far were come by, as the view that tells of days has it."""
    (row,) = connection.execute("SELECT sum(hits), sum(misses), sum(stale) FROM streaming.cache_hit_rates").fetchall()
    return dict(zip(USES, map(int, row), strict=True))


def test_every_asset_that_asks_tells_of_hits_misses_and_stale_answers(
    sandbox: RunningSandbox, connection: psycopg.Connection
) -> None:
    film = min(
        row["tmdb_id"]
        for row in sandbox.truth("watchmode", ids=1)["ids"]
        if row["tmdb_id"] and row["tmdb_type"] == "movie"
    )
    first = uses_of_a_run(film)
    assert first.keys() == ONE_ANSWER.keys() == ASKING
    assert all((told["hits"], told["stale"]) == (0, 0) and told["misses"] > 0 for told in first.values()), first

    again = uses_of_a_run(film)
    assert again == {name: {"hits": told["misses"], "misses": 0, "stale": 0} for name, told in first.items()}

    mapped = "SELECT watchmode_id FROM streaming.id_mappings WHERE media_type = 'movie' AND tmdb_id = %s"
    ((watchmode_id,),) = connection.execute(mapped, (film,)).fetchall()
    for fault in ONE_ANSWER.values():
        path = fault["path"].format(watchmode_id=watchmode_id)
        sandbox.control(**{"do": "fault", "body": "html", "times": None, **fault, "path": path})
    forced = uses_of_a_run(film, force=True)
    assert {told["stale"] for told in forced.values()} == {1}, forced
    assert forced["trending_pages"] == forced["tmdb_trending_pages"] == {"hits": 0, "misses": 3, "stale": 1}
    assert forced["providers"] == {"hits": 0, "misses": 3, "stale": 1}, "of both services together"
    assert forced["id_mappings"] == {"hits": 0, "misses": 0, "stale": 1}

    runs = (first, again, forced)
    assert counted(connection) == {use: sum(told[use] for run in runs for told in run.values()) for use in USES}
