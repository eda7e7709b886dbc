"""A provider is one service under all its numbers and spellings; two services are not one for sharing a name."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_assets.streaming.availability_checks import AVAILABILITY_CHECKS
from catalog_assets.streaming.providers import (
    TMDB_DIRECTORIES,
    WATCHMODE_DIRECTORIES,
    ask_for_directories,
    merge_providers,
    read_directory,
    read_region_list,
)
from catalog_assets.streaming.store import opened_store
from catalog_assets.streaming.watchmode import read_sources
from resources.client import Answer
from resources.databases import Database
from resources.errors import BudgetSpent, ServiceError, ServiceResting
from tests.recorded import RECORDED
from tests.streaming.availability import Offers, offer
from tests.streaming.coming import describe_watchmode
from tests.streaming.conftest import START, Clock
from tests.tmdb.answers import ANYTHING

SERVICES = RECORDED.parent
recorded_only = pytest.mark.skipif(not SERVICES.is_dir(), reason="no recorded answers lie beside this checkout")


@pytest.fixture
def offers(connection: psycopg.Connection, clock: Clock) -> Offers:
    return Offers(connection)


def ids_by_provider(offers: Offers) -> dict[str, set[tuple[str, int]]]:
    """Numbers by the name of the provider that they mean."""
    found: dict[str, set[tuple[str, int]]] = {}
    for name, source, number in offers.rows(
        "SELECT p.name, i.source, i.source_id FROM provider_ids AS i JOIN streaming.providers AS p USING (provider_id)"
    ):
        found.setdefault(name, set()).add((source, number))
    return found


def named(offers: Offers, name: str) -> set[str]:
    """The providers that are found under a name."""
    return {
        row[0]
        for row in offers.rows(
            "SELECT name FROM streaming.providers WHERE provider_id IN (SELECT providers_named(%s))", name
        )
    }


def test_numbers_of_one_name_are_one_provider_however_it_is_spelled(offers: Offers) -> None:
    offers.directory(
        (9, "Amazon Prime Video", ["US"]), (119, "Amazon Prime Video", ["IN"]), (337, "Disney Plus", ["US"]),
        (178, "MagentaTV", ["DE"]), (1856, "Magenta TV", ["AT"]), (456, "Mitele ", ["ES"]), (234, "Arte", ["FR"]),
        (62, "愛奇藝", ["TW"]), (63, "バンダイ", ["JP"]),
    )  # fmt: skip
    offers.sources((26, "Prime Video", "sub", ["US", "IN"]), (372, "Disney+", "sub", ["US"]), (234, "Tele", "sub", []))
    offers.merge_providers()
    assert ids_by_provider(offers) == {
        "Amazon Prime Video": {("tmdb", 9), ("tmdb", 119), ("watchmode", 26)},
        "Disney Plus": {("tmdb", 337), ("watchmode", 372)},
        "MagentaTV": {("tmdb", 178), ("tmdb", 1856)},
        "Mitele": {("tmdb", 456)},
        "Arte": {("tmdb", 234)},
        "Tele": {("watchmode", 234)},
        "愛奇藝": {("tmdb", 62)},
        "バンダイ": {("tmdb", 63)},
    }
    assert named(offers, "disney+") == named(offers, "DISNEY  PLUS") == {"Disney Plus"}
    assert named(offers, "prime video") == {"Amazon Prime Video"}
    assert named(offers, "+") == named(offers, "Disney") == set()


def test_where_a_name_misleads_its_number_says_what_is_meant(offers: Offers) -> None:
    """One name for two services, one service that changed its name, and a shop called like a subscription."""
    offers.directory(
        (509, "WeTV", ["US"]), (623, "WeTV", ["HK"]), (2, "Apple TV", ["US"]), (350, "Apple TV", ["US"]),
        (384, "HBO Max", ["BR"]), (1899, "Max", ["US"]), (194, "Starz Play Amazon Channel", ["GB"]),
        (1794, "Starz Amazon Channel", ["US"]), (10, "Amazon Video", ["US"]), (9, "Amazon Prime Video", ["US"]),
    )  # fmt: skip
    offers.sources(
        (349, "iTunes", "purchase", ["US"]), (371, "AppleTV+", "sub", ["US"]), (24, "Amazon", "purchase", ["US"])
    )
    offers.merge_providers()
    assert ids_by_provider(offers) == {
        "WE tv (US)": {("tmdb", 509)},
        "WeTV": {("tmdb", 623)},
        "Apple TV Store": {("tmdb", 2), ("watchmode", 349)},
        "Apple TV Plus": {("tmdb", 350), ("watchmode", 371)},
        "HBO Max": {("tmdb", 384), ("tmdb", 1899)},
        "Starz Amazon Channel": {("tmdb", 194), ("tmdb", 1794)},
        "Amazon Video": {("tmdb", 10), ("watchmode", 24)},
        "Amazon Prime Video": {("tmdb", 9)},
    }
    assert named(offers, "WeTV") == {"WE tv (US)", "WeTV"}
    assert named(offers, "iTunes") == {"Apple TV Store"}


@recorded_only
def test_the_real_lists_are_taken_whole_and_their_odd_identities_told(offers: Offers) -> None:
    bodies: dict[tuple[str, str, str | None], bytes] = {
        ("tmdb", "watch_providers", kind): (SERVICES / "tmdb" / f"watch_providers_{kind}.json").read_bytes()
        for kind in ("movie", "tv")
    }
    bodies["watchmode", "sources", None] = (SERVICES / "watchmode" / "sources.json").read_bytes()
    for (service, endpoint, media_type), body in bodies.items():
        read = read_sources(body) if service == "watchmode" else read_directory(body)
        assert (read.problem, read.rejected) == (None, {})
        offers.page(service, endpoint, body, media_type=media_type)
    counted = merge_providers(offers.connection)
    assert (counted.tmdb_ids, counted.watchmode_ids) == (590, 2)
    several = {name: {n for source, n in ids if source == "tmdb"} for name, ids in ids_by_provider(offers).items()}
    assert {name: ids for name, ids in several.items() if len(ids) > 1} == {
        "Amazon Prime Video": {9, 119},
        "BritBox": {151, 380},
        "Discovery+": {510, 520, 524},
        "HBO Go": {31, 425},
        "HBO Max": {384, 1899},
        "MagentaTV": {178, 1856},
        "Starz Amazon Channel": {194, 1794},
    }
    assert {several["WeTV"] == {623}, several["WE tv (US)"] == {509}} == {True}
    assert ids_by_provider(offers)["Netflix"] == {("tmdb", 8), ("watchmode", 203)}
    series = json.loads((SERVICES / "tmdb" / "tv_1399_watch_providers.json").read_bytes())["results"]
    renamed = {
        (row["provider_id"], row["provider_name"])
        for countries in series.values()
        for word, rows in countries.items()
        if word != "link"
        for row in rows
    } - {row[:2] for row in offers.rows("SELECT source_id, name FROM provider_ids WHERE source = 'tmdb'")}
    assert (339, "Movistar Play") in renamed, "a number that goes by another name in offers"
    offers.details(1399, series, media_type="tv")
    offers.merge()
    assert ("CL", "MovistarTV", "subscription") in offers.offered(1399, "tv")
    assert not [check.name for check in AVAILABILITY_CHECKS if check.offenders(offers.connection)]


def test_providers_stand_by_region_with_their_types_and_are_found_by_name(offers: Offers) -> None:
    offers.directory((337, "Disney Plus", ["US", "GB"]), (7, "Vudu", ["US"]), (73, "Tubi TV", ["US"]))
    offers.directory((337, "Disney Plus", ["US", "IN"]), media_type="tv")
    offers.page("tmdb", "watch_regions", {"results": [
        {"iso_3166_1": "US", "english_name": "United States of America"}, {"iso_3166_1": "IN", "native_name": "India"},
    ]})  # fmt: skip
    offers.sources(
        (372, "Disney+", "sub", ["US", "CA"]), (307, "VUDU", "purchase", ["US"]), (1, "Cable", "tve", ["US"])
    )
    offers.tmdb(1, {"US": {"ads": [73]}})
    offers.merge_providers()
    offers.merge()
    by_region = offers.rows(
        "SELECT region, name, service_types, display_priority, regions, logo_url FROM region_providers"
        " WHERE region = 'US' ORDER BY display_priority NULLS LAST"
    )
    logo = "https://image.tmdb.org/t/p/w92/{}.jpg"
    assert by_region == [
        ("US", "Disney Plus", ["subscription"], 1, ["CA", "GB", "IN", "US"], logo.format(337)),
        ("US", "Fandango at Home", ["buy", "rent"], 2, ["US"], logo.format(7)),
        ("US", "Tubi TV", ["ads"], 3, ["US"], logo.format(73)),
        ("US", "Cable", ["subscription"], None, ["US"], "https://logos.example/1.png"),
    ]
    found = "SELECT region FROM region_providers WHERE provider_id IN (SELECT providers_named('disney+')) ORDER BY 1"
    assert offers.rows(found) == [("CA",), ("GB",), ("IN",), ("US",)]
    assert offers.rows("SELECT region, name FROM streaming.regions ORDER BY 1") == [
        ("IN", "India"), ("US", "United States of America")
    ]  # fmt: skip


def test_a_provider_that_no_directory_lists_is_named_by_its_offers_until_one_does(offers: Offers) -> None:
    offers.tmdb(1, {"US": {"flatrate": [8], "rent": [4000]}})
    offers.watchmode(1, [offer(203, "sub", "US", name="Netflix"), offer(999, "sub", "US", name=None)])
    offers.merge()
    assert offers.offered(1) == {
        ("US", "Netflix", "subscription"),
        ("US", "Provider 4000", "rent"),
        ("US", "Watchmode's service 999", "subscription"),
    }
    offers.directory((4000, "Named at last", ["US"]), (5, "Never offered", ["US"]))
    offers.merge_providers()
    assert {"Netflix", "Named at last", "Never offered"} <= set(ids_by_provider(offers))
    assert ("US", "Named at last", "rent") in offers.offered(1)
    offers.directory((6, "Another", ["US"]), at=START.replace(hour=10))
    offers.merge_providers()
    assert set(ids_by_provider(offers)) == {"Netflix", "Named at last", "Another", "Watchmode's service 999"}
    assert offers.rows("SELECT count(*) FROM streaming.providers") == [(4,)]


def test_what_came_from_watchmode_goes_with_its_pages(offers: Offers) -> None:
    offers.directory((8, "Netflix", ["US"]))
    offers.sources((203, "Netflix", "sub", ["US"]), (157, "Hulu", "sub", ["US"]))
    offers.tmdb(1, {"US": {"flatrate": [8]}})
    offers.watchmode(1, [offer(203, "sub", "US", format="4K"), offer(999, "sub", "US")])
    offers.merge_providers()
    offers.merge()
    offers.connection.execute("DELETE FROM streaming.pages WHERE service = 'watchmode'")
    offers.merge_providers()
    assert ids_by_provider(offers) == {"Netflix": {("tmdb", 8)}}
    assert offers.rows("SELECT name FROM streaming.providers") == [("Netflix",)]
    assert offers.rows("SELECT quality, sources FROM streaming_availability") == [(None, ["tmdb"])]
    assert offers.merge().left == 0, "that we may not keep it is no departure"
    assert offers.changes() == []


def test_a_row_that_cannot_be_used_costs_itself_alone() -> None:
    good = {"provider_id": 8, "provider_name": "Netflix", "logo_path": None, "display_priorities": {"US": 1, "x": 2}}
    odd = [{**good, "provider_id": n} for n in (0, -1, "9", True, 2**18, 2**40)]
    rows = [
        good,
        *odd,
        {**good, "provider_id": 10, "provider_name": " "},
        {"provider_id": 11},
        7,
        {**good, "new": "\x00"},
    ]
    read = read_directory(json.dumps({"results": rows}).encode())
    assert [(each.source_id, each.regions) for each in read.providers] == [(8, {"US": 1})]
    assert sorted(read.rejected) == list(range(1, 10))
    regions = [{"iso_3166_1": "US"}, {"iso_3166_1": "UK1"}, {"english_name": "Nowhere"}, None]
    listed = read_region_list(json.dumps({"results": regions}).encode())
    assert (listed.names, sorted(listed.rejected)) == ({"US": "US"}, [1, 2, 3])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"results": {}}', b'{"results": [1, 2]}', b'{"status_code": 7}'])
def test_what_is_no_directory_is_never_taken_for_an_empty_one(body: bytes) -> None:
    assert read_directory(body).problem is not None
    assert read_region_list(body).problem is not None


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["provider_id", "provider_name", "display_priorities", "iso_3166_1"]), ANYTHING)
    )
)
def test_a_directory_is_read_or_refused_whatever_it_holds(rows: list[dict[str, Any]]) -> None:
    body = json.dumps({"results": rows}).encode()
    read, listed = read_directory(body), read_region_list(body)
    assert len(read.providers) + len(read.rejected) <= len(rows)
    assert all(each.name.strip() and 0 < each.source_id < 2**18 for each in read.providers)
    assert all(len(region) == 2 for region in listed.names)


class Service:
    """Answers by path what is put in."""

    def __init__(self, clock: Clock, answers: Mapping[str, object]) -> None:
        self.clock, self.answers, self.asked = clock, answers, list[str]()

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> Answer:
        assert (params, etag, cost) == ({}, None, 0 if path == "/v1/status" else 1)
        self.asked.append(path)
        answer = self.answers[path]
        if isinstance(answer, ServiceError):
            raise answer
        body = json.dumps(answer).encode()
        return Answer(path, dict(params), 200, body, self.clock.at, self.clock.at, 1, 0.0, etag=None)


def test_a_directory_that_fails_costs_itself_alone_and_is_asked_again(
    source_url: str, offers: Offers, clock: Clock
) -> None:
    listed = {"results": [{"provider_id": 8, "provider_name": "Netflix", "display_priorities": {"US": 1}}]}
    resting = ServiceResting("it rests", "tmdb", "/3/watch/providers/tv")
    countries = {"results": [{"iso_3166_1": "US", "english_name": "United States"}]}
    answers = {
        "/3/watch/providers/movie": listed, "/3/watch/providers/tv": resting, "/3/watch/providers/regions": countries,
        "/v1/sources": BudgetSpent("spent", "watchmode"), "/v1/status": resting,
    }  # fmt: skip
    describe_watchmode(clock.connection)
    service = Service(clock, answers)

    def ask(force: bool = False) -> tuple[list[str], list[str], dict[str, int]]:
        """Why TMDB and Watchmode told nothing new, and how answers were come by."""

        async def scene() -> tuple[list[str], list[str], dict[str, int]]:
            database = Database(source_url)
            try:
                async with opened_store(database, "run") as store:
                    return (
                        await ask_for_directories(service, store, TMDB_DIRECTORIES, force=force),
                        await ask_for_directories(service, store, WATCHMODE_DIRECTORIES, force=force),
                        store.uses,
                    )
            finally:
                await database.aclose()

        return asyncio.run(scene())

    tmdb, watchmode, uses = ask()
    assert (tmdb, watchmode) == (["watch_providers: it rests"], ["status: it rests"])
    assert uses == {"hits": 0, "misses": 2, "stale": 0}
    assert service.asked[-1] == "/v1/status"  # nothing that costs a unit while nobody knows how many are left
    service.answers = {**answers, "/v1/status": {"quota": 2500, "quotaUsed": 7}}
    assert ask()[1] == []
    assert service.asked[-2:] == ["/v1/status", "/v1/sources"]
    merged = merge_providers(offers.connection)
    assert (merged.providers, merged.regions) == (1, 1)
    service.answers = {**service.answers, "/3/watch/providers/tv": listed}
    clock.advance(hours=23)
    service.asked.clear()
    assert ask()[2] == {"hits": 2, "misses": 1, "stale": 0}
    assert service.asked == ["/3/watch/providers/tv", "/v1/status", "/v1/sources"]
    assert ask(force=True)[2] == {"hits": 0, "misses": 3, "stale": 0}
