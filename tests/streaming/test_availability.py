"""Offers of both sources are one table: merged by what they are, the same in any order, and what moves is told."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.streaming.availability import replay_availability
from catalog_assets.streaming.availability_checks import AVAILABILITY_CHECKS
from tests.recorded import RECORDED
from tests.streaming.availability import Offers, listed_offers, offer
from tests.streaming.conftest import START, Clock

SERVICES = RECORDED.parent
recorded_only = pytest.mark.skipif(not SERVICES.is_dir(), reason="no recorded answers lie beside this checkout")
LATER, LATEST = START + timedelta(hours=1), START + timedelta(hours=2)
FILM = 550


@pytest.fixture
def offers(connection: psycopg.Connection, clock: Clock) -> Offers:
    return listed_offers(connection)


def failing(offers: Offers) -> set[str]:
    return {check.name for check in AVAILABILITY_CHECKS if check.offenders(offers.connection)}


def shown(offers: Offers, columns: str, where: str = "true") -> list[tuple[Any, ...]]:
    return offers.rows(
        f"SELECT {columns} FROM streaming_availability WHERE {where}"  # noqa: S608 - columns from here
        " ORDER BY region, service_name, service_type, quality NULLS FIRST"
    )


def test_offers_are_merged_by_region_provider_type_and_quality(offers: Offers, clock: Clock) -> None:
    offers.tmdb(FILM, {"US": {"flatrate": [8, 337], "rent": [2]}, "IN": {"flatrate": [119], "ads": [8]}})
    link = "https://tv.example/us/film"
    offers.watchmode(FILM, [
        offer(349, "rent", "US", format="SD", price=2.99, web_url=link),
        offer(349, "rent", "US", format="HD", price=3.99, web_url=link),
        offer(349, "rent", "US", format="4K", price="4.99", web_url="Deeplinks available for paid plans only."),
        offer(349, "buy", "US", format="HD", price=9.99, ios_url="https://ios.example", android_url="app://x"),
        offer(203, "sub", "US", format="4K", web_url="https://www.netflix.com/title/1", seasons=2, episodes=20),
        offer(372, "tve", "US"),
        offer(26, "sub", "IN", price=119),
    ], at=LATER)  # fmt: skip
    clock.set(LATEST)
    offers.merge()
    both, ours, theirs = ["tmdb", "watchmode"], ["tmdb"], ["watchmode"]
    columns = "region, service_name, service_type, quality, price_amount, price_currency, deep_link, sources"
    assert shown(offers, columns) == [
        ("IN", "Amazon Prime Video", "subscription", None, Decimal("119.00"), "INR", None, both),
        ("IN", "Netflix", "ads", None, None, None, None, ours),
        ("US", "Apple TV Store", "buy", "HD", Decimal("9.99"), "USD", None, theirs),
        ("US", "Apple TV Store", "rent", "4K", Decimal("4.99"), "USD", None, both),
        ("US", "Apple TV Store", "rent", "HD", Decimal("3.99"), "USD", link, both),
        ("US", "Apple TV Store", "rent", "SD", Decimal("2.99"), "USD", link, both),
        ("US", "Disney Plus", "subscription", None, None, None, None, both),
        ("US", "Netflix", "subscription", "4K", None, None, "https://www.netflix.com/title/1", both),
    ]  # fmt: skip
    assert shown(offers, "seasons, episodes, ios_url", "service_name = 'Netflix' AND region = 'US'") == [(2, 20, None)]
    ids = [row[0] for row in shown(offers, "id")]
    assert len(set(ids)) == 8
    assert failing(offers) == set()


def test_an_unknown_type_stays_unknown_and_is_told(offers: Offers) -> None:
    offers.watchmode(FILM, [offer(203, "addon", "US"), offer(26, None, "US"), offer(26, "sub", "US", format="8K")])
    offers.merge()
    assert shown(offers, "service_name, service_type, quality") == [
        ("Amazon Prime Video", "subscription", "8K"),
        ("Amazon Prime Video", "unknown", None),
        ("Netflix", "unknown", None),
    ]
    assert failing(offers) == {"offer_types_are_known"}


def test_an_offer_is_as_fresh_as_the_newest_that_says_so_and_its_price_as_watchmode(
    offers: Offers, clock: Clock
) -> None:
    offers.tmdb(FILM, {"US": {"flatrate": [8, 337]}})
    offers.watchmode(FILM, [offer(203, "sub", "US"), offer(26, "sub", "US", price=5)])
    offers.merge()

    def fresh() -> list[tuple[Any, ...]]:
        return shown(offers, "service_name, fetched_at, expires_at, price_fetched_at")

    def stale() -> set[str]:
        return {row[0] for row in shown(offers, "service_name", "is_stale")}

    half, day = START + timedelta(hours=12), START + timedelta(hours=24)
    prime = ("Amazon Prime Video", START, half, START)
    assert fresh() == [prime, ("Disney Plus", START, day, None), ("Netflix", START, day, START)]
    clock.set(half)
    assert stale() == {"Amazon Prime Video"}
    clock.set(day)
    assert stale() == {"Amazon Prime Video", "Disney Plus", "Netflix"}
    offers.tmdb(FILM, {"US": {"flatrate": [8, 337]}}, at=day)
    offers.merge()
    again = day + timedelta(hours=24)
    assert fresh() == [prime, ("Disney Plus", day, again, None), ("Netflix", day, again, START)]
    assert stale() == {"Amazon Prime Video"}
    offers.tmdb(FILM, None, at=again, lends=True)
    offers.merge()
    assert fresh()[1][1] == day, "a block lent by an older page is as old as that page"


def test_offers_of_regions_that_were_not_asked_for_are_never_mixed_in(offers: Offers) -> None:
    offers.watchmode(FILM, [offer(203, "sub", "US"), offer(203, "sub", "IN"), offer(203, "sub", "GB")], "US,IN")
    merged = offers.merge()
    assert (merged.foreign, merged.watchmode_offers) == (1, 2)
    assert {row[0] for row in offers.offered(FILM)} == {"US", "IN"}
    offers.watchmode(FILM, [offer(26, "sub", "US")], "US", at=LATER)
    assert offers.merge().foreign == 0
    assert offers.offered(FILM) == {("US", "Amazon Prime Video", "subscription"), ("IN", "Netflix", "subscription")}
    offers.watchmode(FILM, [offer(26, "sub", "US")], "US,IN", at=LATEST)
    offers.merge()
    assert offers.offered(FILM) == {("US", "Amazon Prime Video", "subscription")}, (
        "asked for and absent: offered nowhere"
    )


def test_films_and_series_with_one_number_are_apart(offers: Offers) -> None:
    offers.tmdb(105, {"US": {"flatrate": [8]}})
    offers.tmdb(105, {"US": {"flatrate": [337]}}, media_type="tv")
    offers.watchmode(105, [offer(26, "sub", "US")], media_type="tv")
    offers.merge()
    assert offers.offered(105) == {("US", "Netflix", "subscription")}
    assert offers.offered(105, "tv") == {
        ("US", "Disney Plus", "subscription"), ("US", "Amazon Prime Video", "subscription")
    }  # fmt: skip


def test_what_comes_and_goes_is_logged_by_provider_and_never_at_first(offers: Offers) -> None:
    offers.tmdb(FILM, {"US": {"flatrate": [8], "rent": [2]}})
    offers.merge()
    offers.watchmode(FILM, [offer(203, "sub", "US"), offer(26, "sub", "US")], "US")
    offers.merge()
    assert offers.changes() == [], "what a source first says is no arrival"
    offers.tmdb(FILM, {"US": {"flatrate": [8, 9, 337]}}, at=LATER)
    offers.merge()
    assert sorted(offers.changes()) == [
        ("US", "Apple TV Store", "rent", "left", LATER, "tmdb"),
        ("US", "Disney Plus", "subscription", "arrived", LATER, "tmdb"),
    ], "Prime Video was there before, as Watchmode's, and under another number"
    offers.connection.execute("DELETE FROM streaming.availability_changes")
    offers.watchmode(FILM, [offer(203, "sub", "US", format="4K"), offer(349, "buy", "US")], "US,IN", at=LATEST)
    offers.watchmode(FILM, [offer(203, "sub", "IN")], "IN", at=LATEST + timedelta(minutes=1))
    merged = offers.merge()
    assert offers.changes() == [("US", "Apple TV Store", "buy", "arrived", LATEST, "watchmode")]
    assert (merged.arrived, merged.left) == (1, 0), (
        "TMDB still has Prime Video; India is asked about for the first time"
    )
    offers.tmdb(FILM, {"US": {"flatrate": [8, 337]}}, at=LATEST)
    assert offers.merge().left == 1
    assert offers.changes()[-1][1:] == ("Amazon Prime Video", "subscription", "left", LATEST, "tmdb")


def test_a_block_that_was_never_had_is_unknown_and_not_empty(offers: Offers) -> None:
    offers.tmdb(FILM, None)
    assert offers.merge().inserted == 0
    offers.tmdb(FILM, {"US": {"flatrate": [8]}}, at=LATER)
    merged = offers.merge()
    assert (merged.inserted, merged.arrived) == (1, 0)
    offers.tmdb(FILM, {}, at=LATEST)
    assert offers.merge().left == 1
    assert failing(offers) == set()


def test_only_changed_offers_are_written_and_listings_count_their_titles(offers: Offers) -> None:
    offers.tmdb(1, {"US": {"flatrate": [8, 9]}})
    offers.tmdb(2, {"US": {"flatrate": [8]}})
    merged = offers.merge()
    assert (merged.inserted, merged.updated, merged.unchanged, merged.offers) == (2, 0, 0, 3)
    again = offers.merge()
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 0)
    offers.tmdb(1, {"US": {"flatrate": [9, 8]}}, at=LATER)
    offers.tmdb(2, {"US": {"flatrate": [337]}}, at=LATER)
    merged = offers.merge()
    assert (merged.updated, merged.unchanged) == (1, 1)
    listed = "SELECT region, offer_type, source_id, titles FROM streaming.listings ORDER BY source_id"
    kept = [("US", "subscription", 8, 1), ("US", "subscription", 9, 1), ("US", "subscription", 337, 1)]
    assert offers.rows(listed) == kept
    offers.connection.execute("DELETE FROM tmdb.details; DELETE FROM tmdb.contents")
    merged = offers.merge()
    assert (merged.dropped, merged.left) == (2, 0)
    assert offers.rows(listed) == []


def test_an_offer_that_cannot_be_used_costs_itself_alone(offers: Offers) -> None:
    provider = [{"provider_id": n, "provider_name": "P"} for n in (8, 0, -3, 2**18, 2**18 - 1, 2**62)]
    offers.details(FILM, {"US": {"link": None, "flatrate": provider}, "Unknown": {"rent": provider[:1]}, "ZZ": {}})
    offers.watchmode(FILM, [offer(203, "sub", "US"), offer(203, "sub", "Mars"), {"region": "US"}, None])
    merged = offers.merge()
    assert (merged.offers, merged.rejected) == (2, 5 + 3)
    assert offers.offered(FILM) == {("US", "Netflix", "subscription"), ("US", "P", "subscription")}


ROUND_TRIP = st.tuples(
    st.sampled_from(["US", "IN", "ZZ", "AA"]),
    st.sampled_from(["flatrate", "rent", "buy", "free", "ads"]),
    st.integers(1, 2**18 - 1),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sets(ROUND_TRIP, max_size=8), min_size=1, max_size=4))
def test_listings_are_numbers_and_back(offers: Offers, said: list[set[tuple[str, str, int]]]) -> None:
    """Whatever TMDB says is what the rows say, and each listing counts its titles."""
    types = {"flatrate": "subscription"}
    with offers.connection.transaction(force_rollback=True):
        for film, places in enumerate(said, start=1):
            streaming: dict[str, dict[str, list[int]]] = {}
            for region, word, provider in places:
                streaming.setdefault(region, {}).setdefault(word, []).append(provider)
            offers.tmdb(film, streaming)
        offers.merge()
        found = offers.rows(
            "SELECT o.tmdb_id, o.region, o.offer_type, l.source_id FROM listed_offers AS o JOIN streaming.listings AS l"
            " USING (listing_id)"
        )
        wanted = {(film, r, types.get(w, w), n) for film, places in enumerate(said, start=1) for r, w, n in places}
        assert set(found) == wanted
        assert len(found) == len(wanted)
        assert offers.rows("SELECT coalesce(sum(titles), 0) FROM streaming.listings") == [(len(wanted),)]


SOURCES = (203, 349, 26)
TOLD = st.tuples(
    st.sampled_from(["US", "IN", "US,IN"]),
    st.sets(
        st.tuples(st.sampled_from(SOURCES), st.sampled_from(["sub", "rent"]), st.sampled_from(["US", "IN", "GB"])),
        max_size=5,
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TOLD, min_size=2, max_size=5), st.randoms(use_true_random=False), st.data())
def test_any_order_of_pages_gives_the_same_offers(
    offers: Offers, told: list[tuple[str, set[tuple[int, str, str]]]], random: Any, data: st.DataObject
) -> None:
    pages = [(at, *each) for at, each in enumerate(told)]

    def merged(order: list[tuple[int, str, set[tuple[int, str, str]]]], *, each: bool) -> list[tuple[Any, ...]]:
        with offers.connection.transaction(force_rollback=True):
            for at, regions, rows in order:
                said = [offer(source, word, region) for source, word, region in sorted(rows)]
                offers.watchmode(FILM, said, regions, at=START + timedelta(minutes=at))
                if each:
                    offers.merge()
            offers.merge()
            return offers.rows(
                "SELECT o.*, a.fetched_at FROM watchmode_answers AS a LEFT JOIN watchmode_offers AS o"
                " USING (media_type, tmdb_id, region) ORDER BY region, source_id, type"
            )

    shuffled = list(pages)
    random.shuffle(shuffled)
    assert merged(shuffled, each=data.draw(st.booleans())) == merged(pages, each=False)


SAID = st.dictionaries(
    st.sampled_from(["US", "IN"]),
    st.dictionaries(
        st.sampled_from(["flatrate", "rent"]), st.lists(st.sampled_from([8, 2, 9, 119]), min_size=1, unique=True)
    ),
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(SAID | TOLD, st.booleans()), min_size=1, max_size=8))
def test_changes_add_up_from_the_first_state_to_the_last(offers: Offers, told: list[tuple[Any, bool]]) -> None:
    with offers.connection.transaction(force_rollback=True):
        offers.tmdb(FILM, {"US": {"flatrate": [8]}})
        offers.watchmode(FILM, [offer(203, "sub", "IN")])
        offers.merge()
        present = offers.offered(FILM)
        for at, (each, is_merged) in enumerate(told, start=1):
            moment = START + timedelta(minutes=at)
            if isinstance(each, tuple):
                rows = [offer(source, word, region) for source, word, region in sorted(each[1])]
                offers.watchmode(FILM, rows, each[0], at=moment)
            else:
                offers.tmdb(FILM, each, at=moment)
            if is_merged:
                offers.merge()
        offers.merge()
        for region, name, offer_type, change, _, _ in offers.changes():
            key = (region, name, offer_type)
            assert (key in present) == (change == "left"), "what came was not there, what went was"
            present ^= {key}
        assert present == offers.offered(FILM)
        assert replay_availability(offers.connection).differences == {
            "listings": 0, "tmdb_offers": 0, "watchmode_answers": 0, "watchmode_offers": 0
        }  # fmt: skip


def test_a_replay_makes_the_same_offers_and_finds_what_was_tampered_with(offers: Offers) -> None:
    for film in range(1, 6):
        offers.tmdb(film, {"US": {"flatrate": [8, 2]}, "IN": {"rent": [3]}})
        offers.watchmode(film, [offer(203, "sub", "US", price=1.5), offer(203, "sub", "US", format="4K")])
    offers.merge()
    replayed = replay_availability(offers.connection)
    assert (replayed.rows, set(replayed.differences.values())) == (
        {"listings": 3, "tmdb_offers": 5, "watchmode_answers": 10, "watchmode_offers": 10}, {0}
    )  # fmt: skip
    offers.connection.execute("UPDATE streaming.tmdb_offers SET listing_ids = '{}' WHERE work_id = 1")
    offers.connection.execute("UPDATE streaming.watchmode_offers SET price = 7 WHERE tmdb_id = 2 AND format IS NULL")
    tampered = replay_availability(offers.connection, swap=True)
    assert (tampered.differences["tmdb_offers"], tampered.differences["watchmode_offers"]) == (1, 1)
    price = next(each for each in tampered.shown if each.table == "watchmode_offers")
    assert (price.row["tmdb_id"], price.columns) == (2, {"price": (7.0, 1.5)})
    assert offers.changes() == []
    assert set(replay_availability(offers.connection).differences.values()) == {0}


def plan(offers: Offers, query: str, *params: Any) -> str:
    return "\n".join(row[0] for row in offers.rows(f"EXPLAIN {query}", *params))


def test_a_service_s_titles_and_a_title_s_offers_are_read_by_index(offers: Offers) -> None:
    """Of 3,003 works, each offered in 60 places, those of a service and the offers of one."""
    for film, provider in enumerate((8, 9, 8), start=1):
        offers.tmdb(film, {"US": {"flatrate": [provider]}, "IN": {"ads": [119]}})
    offers.watchmode(1, [offer(203, "sub", "US"), offer(26, "sub", "US")])
    offers.merge()
    offers.connection.execute(
        """
        WITH title AS (
          INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
          SELECT 'tv', n, 'ids', ops.now() FROM generate_series(1, 3000) AS n
          RETURNING work_id, tmdb_id
        ),
        offered AS (
          SELECT work_id, streaming.listing_id('GB', 'rent', 10000 + (tmdb_id * 7 + n * 11) % 997) AS listing_id
          FROM title, generate_series(1, 60) AS n
        )
        INSERT INTO streaming.tmdb_offers (work_id, listing_ids, content_hash)
        SELECT work_id, array_agg(DISTINCT listing_id), gen_random_uuid() FROM offered GROUP BY work_id
        """
    )
    offers.connection.execute("VACUUM ANALYZE")
    titles = (
        "SELECT tmdb_id FROM titles_by_provider"
        " WHERE region = 'US' AND offer_type = 'subscription' AND provider_id = %s"
    )
    ((netflix,),) = offers.rows("SELECT providers_named('netflix')")
    ((prime,),) = offers.rows("SELECT providers_named('amazon prime video')")
    assert sorted(offers.rows(titles, netflix)) == [(1,), (3,)], "both sources name the first, which is one title"
    assert sorted(offers.rows(titles, prime)) == [(1,), (2,)], "the first by Watchmode, under another number"
    assert "Bitmap Index Scan on tmdb_offers_by_listing" in plan(offers, titles, netflix)
    of_one = plan(offers, "SELECT * FROM streaming_availability WHERE media_type = 'movie' AND tmdb_id = 1")
    assert "Index Scan using tmdb_offers_pkey" in of_one
    assert "Seq Scan on tmdb_offers" not in of_one
    assert "Seq Scan on titles" not in of_one


def test_checks_find_whom_they_are_for(offers: Offers) -> None:
    offers.tmdb(FILM, {"US": {"flatrate": [8]}})
    offers.watchmode(FILM, [offer(203, "sub", "QQ", price=3)], "QQ")
    offers.merge()
    assert failing(offers) == {"regions_are_known", "prices_have_currencies"}
    offers.connection.execute(
        "UPDATE streaming.provider_ids SET provider_id = NULL WHERE source = 'tmdb' AND source_id = 8"
    )
    assert failing(offers) == {"regions_are_known", "prices_have_currencies", "listings_have_providers"}
    offers.connection.execute(
        "UPDATE tmdb.contents SET content_hash = gen_random_uuid(), fetched_at = fetched_at - interval '7 h'"
    )
    assert "offers_are_merged" in failing(offers)


@recorded_only
def test_recorded_answers_are_merged_whole(offers: Offers) -> None:
    answer = json.loads((SERVICES / "tmdb" / "movie_550_watch_providers.json").read_bytes())["results"]
    offers.details(FILM, answer)
    said = json.loads((SERVICES / "watchmode" / "title_1359293_sources.json").read_bytes())
    offers.watchmode(FILM, said, "US")
    merged = offers.merge()
    listed = {
        (country, word, row["provider_id"])
        for country, words in answer.items() for word, rows in words.items() if word != "link" for row in rows
    }  # fmt: skip
    assert (merged.offers, merged.rejected, merged.foreign) == (len(listed), 0, 0)
    assert merged.watchmode_offers == len(said) == 33
    prices = shown(
        offers, "quality, price_amount", "region = 'US' AND service_name = 'Apple TV Store' AND service_type = 'buy'"
    )
    assert prices == [("4K", Decimal("19.99")), ("HD", Decimal("9.99")), ("SD", Decimal("9.99"))]
    assert failing(offers) == set()
    assert isinstance(shown(offers, "expires_at")[0][0], datetime)
