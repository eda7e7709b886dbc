"""What the tables say of offers is what is true: the sandbox's services under all the numbers that the sources have."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
import pytest

from catalog_assets.streaming.availability_assets import availability_assets
from catalog_assets.streaming.availability_checks import AVAILABILITY_CHECKS, availability_checks
from resources.dagster_resources import SourceDatabase, Watchmode
from resources.dagster_resources import Tmdb as TmdbResource
from tests.streaming.availability import Offers
from tests.tmdb.platform import Tmdb, tmdb_sandbox, today

REGIONS = ("US", "IN")
TITLES = 12
TYPES = {"flatrate": "subscription", "rent": "rent", "buy": "buy", "free": "free", "ads": "ads"}
WATCHMODE_TYPES = {"sub": "subscription", "tve": "subscription", "rent": "rent", "buy": "buy", "free": "free"}


@pytest.fixture
def tmdb(source_url: str) -> Iterator[Tmdb]:
    with tmdb_sandbox(source_url) as ready:
        yield ready


def test_offers_are_the_true_ones_and_every_service_is_one_provider(tmdb: Tmdb) -> None:
    offers, sandbox = Offers(tmdb.connection), tmdb.sandbox
    films, series = tmdb.ids()[:TITLES], tmdb.ids("tmdb_series")[:TITLES]
    tmdb.want(*films)
    tmdb.want(*series, media_type="tv")
    tmdb.refresh()
    tmdb.merge()
    for media_type in ("movie", "tv"):
        offers.page(
            "tmdb", "watch_providers", sandbox.tmdb(f"/watch/providers/{media_type}").content, media_type=media_type
        )
    offers.page("tmdb", "watch_regions", sandbox.tmdb("/watch/providers/regions").content)
    offers.page("watchmode", "sources", sandbox.watchmode("/sources").content)
    truths = [
        sandbox.truth("offers", media_type=media_type, tmdb_id=tmdb_id)
        for media_type, ids in (("movie", films), ("tv", series))
        for tmdb_id in ids
    ]
    for truth in truths:
        if truth["watchmode_id"] is not None:
            answer = sandbox.watchmode(f"/title/{truth['watchmode_id']}/sources", regions=",".join(REGIONS))
            assert answer.status_code == 200
            offers.watchmode(truth["tmdb_id"], answer.content, ",".join(REGIONS), media_type=truth["media_type"])
    offers.merge_providers()
    merged = offers.merge()
    assert (merged.inserted, merged.rejected, merged.foreign) == (2 * TITLES, 0, 0)
    known = {(source, number): provider for source, number, provider in offers.rows(
        "SELECT source, source_id, provider_id FROM provider_ids"
    )}  # fmt: skip
    services: dict[str, set[int]] = {}
    for truth in truths:
        wanted = _true_offers(truth, known, services)
        found = set(offers.rows(
            "SELECT region, provider_id, service_type FROM streaming_availability"
            " WHERE media_type = %s AND tmdb_id = %s", truth["media_type"], truth["tmdb_id"],
        ))  # fmt: skip
        assert found == wanted, truth
    assert {name: len(providers) for name, providers in services.items()} == dict.fromkeys(services, 1)
    assert len(services) > 12
    assert not [
        check.name for check in AVAILABILITY_CHECKS
        if check.name != "offer_types_are_known" and check.offenders(offers.connection)
    ]  # fmt: skip


def _true_offers(
    truth: dict[str, Any], known: dict[tuple[str, int], int], services: dict[str, set[int]]
) -> set[tuple[str, int, str]]:
    """Region, provider and type of what the sources tell of a title; adds each service's providers."""
    wanted = set()
    for offer in truth["offers"]:
        told = services.setdefault(offer["service"], set())
        if offer["tmdb_id"] is not None:
            provider = known["tmdb", offer["tmdb_id"]]
            told.add(provider)
            wanted.add((offer["country"], provider, TYPES[offer["tmdb_type"]]))
        if offer["watchmode_id"] is not None and offer["country"] in REGIONS:
            provider = known["watchmode", offer["watchmode_id"]]
            told.add(provider)
            wanted.add((offer["country"], provider, WATCHMODE_TYPES.get(offer["watchmode_type"], "unknown")))
    return wanted


def test_the_assets_ask_for_what_is_not_fresh_merge_and_pass_their_checks(
    tmdb: Tmdb, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
    origins = {f"CATALOG_ORIGIN_{name}": "sandbox:1" for name in ("HOTSTAR", "TMDB", "WATCHMODE")}
    for name, value in {**tmdb.sandbox.environment(), **urls, **origins, "SANDBOX_TMDB_RATE": "0"}.items():
        monkeypatch.setenv(name, value)
    tmdb.want(*tmdb.ids()[:TITLES])
    tmdb.refresh()
    tmdb.merge()

    def run() -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        done = dg.materialize(
            [*availability_assets, *availability_checks],
            partition_key=today(),
            resources={"source": SourceDatabase(), "tmdb": TmdbResource(), "watchmode": Watchmode()},
        )
        assert all(each.passed for each in done.get_asset_check_evaluations())
        told = {
            each.asset_key.path[-1]: each.metadata
            for each in done.asset_materializations_for_node("streaming__providers")
        }
        told |= {
            each.asset_key.path[-1]: each.metadata
            for each in done.asset_materializations_for_node("streaming__availability")
        }
        return dict(told["providers"]), dict(told["availability"])

    asked, merged = run()
    assert (asked["hits"].value, asked["misses"].value, asked["problem"].value) == (0, 4, "none")
    assert asked["watchmode_requests"].value == 2  # what is left of the month, and the directory
    assert asked["regions"].value >= 20
    assert merged["works_inserted"].value == TITLES
    assert merged["tmdb_offers_read"].value > 0
    asked, merged = run()
    assert (asked["hits"].value, asked["misses"].value, asked["watchmode_requests"].value) == (4, 0, 0)
    assert (merged["works_inserted"].value, merged["works_unchanged"].value) == (0, 0)
