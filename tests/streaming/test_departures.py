"""What left is logged once, by whoever shows it first, and is not shown from an older answer."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.streaming.availability import replay_availability
from catalog_assets.streaming.retention import remove_superseded, remove_watchmode
from tests.streaming.availability import Offers, listed_offers, offer
from tests.streaming.conftest import START, Clock

FILM = 550
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NETFLIX = ("US", "Netflix", "subscription")


@pytest.fixture
def offers(connection: psycopg.Connection, clock: Clock) -> Offers:
    return listed_offers(connection)


def netflix(offers: Offers, at: datetime, *, by: str, has: bool) -> None:
    """A source says whether Netflix has the film, and it is merged at that time."""
    if by == "tmdb":
        offers.tmdb(FILM, {"US": {"flatrate": [8]}} if has else {}, at=at)
    else:
        offers.watchmode(FILM, [offer(203, "sub", "US")] if has else [], at=at)
    Clock(offers.connection).set(at)
    offers.merge()


def log(offers: Offers) -> list[tuple[Any, ...]]:
    """What came and went: change, days since the start, whose."""
    return [(change, (seen - START) / DAY, source) for *_, change, seen, source in offers.changes()]


def replayed(offers: Offers) -> set[int]:
    return set(replay_availability(offers.connection).differences.values())


def test_a_title_that_watchmode_does_not_know_any_more_has_left(offers: Offers, clock: Clock) -> None:
    offers.tmdb(FILM, {"US": {"flatrate": [8]}})
    rows = [offer(203, "sub", "US"), offer(372, "sub", "US"), offer(203, "rent", "IN")]
    offers.watchmode(FILM, rows)
    offers.merge()
    offers.unknown(FILM, "US", at=START + 2 * DAY)
    clock.set(START + 2 * DAY)
    assert offers.merge().left == 1
    assert offers.changes() == [("US", "Disney Plus", "subscription", "left", START + 2 * DAY, "watchmode")]
    assert offers.offered(FILM) == {NETFLIX, ("IN", "Netflix", "rent")}, "India was not asked about"
    assert offers.rows("SELECT sources FROM streaming_availability WHERE region = 'US'") == [(["tmdb"],)]
    assert (offers.merge().left, replayed(offers)) == (0, {0})

    offers.watchmode(FILM, [], "US", at=START + 3 * DAY)
    clock.set(START + 3 * DAY)
    assert (offers.merge().titles, replayed(offers)) == (1, {0})
    offers.unknown(FILM, "US,IN", at=START + 4 * DAY)
    offers.merge()
    assert log(offers)[1:] == [("left", 4, "watchmode")]
    clock.set(START + 12 * DAY)
    assert remove_superseded(offers.connection).pages == 3, "of the title the newest answer alone is needed"
    assert replayed(offers) == {0}
    offers.watchmode(FILM, rows, at=START + 13 * DAY)
    assert offers.merge().arrived == 2
    assert replayed(offers) == {0}


def test_an_answer_of_watchmode_counts_against_tmdb_for_its_time_to_live(offers: Offers) -> None:
    netflix(offers, START, by="tmdb", has=True)
    netflix(offers, START, by="watchmode", has=True)
    netflix(offers, START + 11 * HOUR, by="tmdb", has=False)
    assert (log(offers), offers.offered(FILM)) == ([], {NETFLIX}), "Watchmode has it"
    netflix(offers, START + 11.5 * HOUR, by="tmdb", has=True)
    netflix(offers, START + 12 * HOUR, by="tmdb", has=False)
    assert (log(offers), offers.offered(FILM)) == ([("left", 0.5, "tmdb")], set())


def test_what_watchmode_had_in_time_leaves_with_its_next_answer(offers: Offers) -> None:
    netflix(offers, START, by="tmdb", has=True)
    netflix(offers, START, by="watchmode", has=True)
    netflix(offers, START + HOUR, by="tmdb", has=False)
    netflix(offers, START + 5 * DAY, by="watchmode", has=False)
    assert log(offers) == [("left", 5, "watchmode")]


def test_what_left_is_shown_nowhere_until_somebody_has_it_again(offers: Offers, clock: Clock) -> None:
    series = 1399
    offers.tmdb(series, {"US": {"flatrate": [8], "rent": [8]}}, media_type="tv")
    offers.watchmode(series, [offer(203, "sub", "US"), offer(203, "rent", "US")], media_type="tv")
    offers.merge()
    offers.connection.execute(
        "INSERT INTO streaming.coming_soon (media_type, tmdb_id, region, title, release_date, services, sources)"
        " VALUES ('tv', %s, 'US', 'A title', '2026-12-30', '[]', '{tmdb}')",
        (series,),
    )
    queries = (
        "SELECT service_name, service_type FROM streaming_availability ORDER BY 2",
        "SELECT name, offer_type FROM titles_by_provider JOIN streaming.providers USING (provider_id) ORDER BY 2",
        "SELECT name, unnest(service_types) FROM region_providers WHERE name = 'Netflix' AND region = 'US' ORDER BY 2",
        "SELECT jsonb_array_elements_text(streaming_services), 'subscription' FROM coming_soon_releases",
    )

    def shown() -> list[list[tuple[Any, ...]]]:
        return [offers.rows(query) for query in queries]

    rent, subscription = ("Netflix", "rent"), ("Netflix", "subscription")
    assert shown() == [[rent, subscription]] * 3 + [[subscription]]
    clock.set(START + 3 * DAY)
    offers.tmdb(series, {}, media_type="tv", at=START + 3 * DAY)
    assert offers.merge().left == 2
    assert shown() == [[], [], [subscription], []], "Watchmode's directory says what the service has"
    offers.watchmode(series, [offer(203, "rent", "US")], media_type="tv", at=START + 4 * DAY)
    assert offers.merge().arrived == 1
    assert shown() == [[rent], [rent], [rent, subscription], []]


def test_what_was_once_gone_arrives_also_with_what_a_source_first_says(offers: Offers) -> None:
    netflix(offers, START, by="tmdb", has=True)
    netflix(offers, START + DAY, by="tmdb", has=False)
    netflix(offers, START + 2 * DAY, by="watchmode", has=True)
    netflix(offers, START + 2 * DAY + HOUR, by="tmdb", has=True)
    netflix(offers, START + 4 * DAY, by="tmdb", has=False)
    offers.connection.execute("DELETE FROM tmdb.details; DELETE FROM tmdb.contents")
    offers.merge()
    netflix(offers, START + 5 * DAY, by="tmdb", has=True)
    assert log(offers) == [
        ("left", 1, "tmdb"), ("arrived", 2, "watchmode"), ("left", 4, "tmdb"), ("arrived", 5, "tmdb")
    ]  # fmt: skip
    before = log(offers)
    assert (replayed(offers), log(offers)) == ({0}, before), "a replay logs nothing"


def test_what_goes_by_the_terms_has_not_left(offers: Offers) -> None:
    netflix(offers, START, by="watchmode", has=True)
    Clock(offers.connection).set(START + 29 * DAY)
    assert remove_watchmode(offers.connection, is_off=False, regions=["US"], run_id="run").pages > 0
    offers.merge()
    netflix(offers, START + 30 * DAY, by="watchmode", has=False)
    assert (log(offers), offers.offered(FILM)) == ([], set())


SAID = st.tuples(st.just("tmdb"), st.sets(st.sampled_from([8, 9]), max_size=2))
ANSWERED = st.tuples(st.just("watchmode"), st.sets(st.sampled_from([203, 26]), max_size=2) | st.none())
TOLD = st.lists(st.tuples(SAID | ANSWERED, st.sampled_from([1, 7, 30]), st.booleans()), min_size=2, max_size=10)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TOLD, st.randoms(use_true_random=False), st.booleans())
def test_arrivals_and_departures_take_turns_and_none_is_lost(
    offers: Offers, told: list[tuple[tuple[str, Any], int, bool]], random: Any, is_shuffled: bool
) -> None:
    """Whatever the sources say, when, and in whatever order it comes."""
    timed, at = [], START
    for said, hours, is_merged in told:
        at += hours * HOUR
        timed.append((said, at, is_merged))
    if is_shuffled:
        random.shuffle(timed)
    seen: set[tuple[Any, ...]] = set()
    with offers.connection.transaction(force_rollback=True):
        for (source, has), moment, is_merged in timed:
            if source == "tmdb":
                offers.tmdb(FILM, {"US": {"flatrate": sorted(has)}} if has else {}, at=moment)
            elif has is None:
                offers.unknown(FILM, "US", at=moment)
            else:
                offers.watchmode(FILM, [offer(number, "sub", "US") for number in sorted(has)], "US", at=moment)
            if is_merged:
                offers.merge()
                seen |= offers.offered(FILM)
        offers.merge()
        present = offers.offered(FILM)
        moves: dict[tuple[Any, ...], list[str]] = {}
        for region, name, offer_type, change, _, _ in offers.changes():
            moves.setdefault((region, name, offer_type), []).append(change)
        for key, changes in moves.items():
            assert all(one != other for one, other in pairwise(changes)), (key, changes)
        left = {key for key, changes in moves.items() if changes[-1] == "left"}
        assert left & present == set(), "what has left is not shown"
        assert seen - present == left, "what was shown and is not has left"
        assert replayed(offers) == {0}
