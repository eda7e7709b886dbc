"""Where titles can be watched, what trends and what is to come, as TMDB's answers tell it."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest

from sandbox.offers import COUNTRIES, offers
from tests.sandbox.tmdb_answers import NOON, at_noon, ok
from tests.sandbox_process import RunningSandbox

HOUR, DAY = 3_600, 86_400
TODAY = date(2026, 11, 21)
KINDS = {"movie": "tmdb_film", "tv": "tmdb_series"}


@pytest.fixture(autouse=True)
def without_pace(sandbox: RunningSandbox) -> None:
    at_noon(sandbox)


def ids(sandbox: RunningSandbox, media: str) -> list[int]:
    found: list[int] = sandbox.truth(KINDS[media], ids=1)["ids"]
    return found


def block(sandbox: RunningSandbox, media: str, tmdb_id: int) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = ok(sandbox.tmdb(f"/{media}/{tmdb_id}", append_to_response="watch/providers"))[
        "watch/providers"
    ]["results"]
    return found


# -- Offers ----------------------------------------------------------------------------------------------------------


def test_most_works_are_offered_in_some_of_all_countries_and_none_in_too_many_ways() -> None:
    found = [offers(1, number, TODAY) for number in range(1_000)]
    assert 0.75 < sum(bool(one) for one in found) / len(found) < 0.95
    assert max(map(len, found)) <= 40
    assert {offer.country for one in found for offer in one} == set(COUNTRIES)
    assert all(offer.country in offer.streamer.countries for one in found for offer in one)
    assert {offer.kind for one in found for offer in one} == {"flatrate", "rent", "buy", "ads", "free", "tve", "addon"}


def test_an_offer_that_goes_leaves_the_others_and_comes_again() -> None:
    days = [TODAY + timedelta(days=day) for day in range(60)]
    moving = 0
    for number in range(400):
        seen = [{(offer.streamer.name, offer.kind, offer.country) for offer in offers(1, number, day)} for day in days]
        always = set.intersection(*seen)
        moving += any(one != always for one in seen)
        assert seen[0] == {
            (offer.streamer.name, offer.kind, offer.country) for offer in offers(1, number, TODAY + timedelta(days=60))
        }
    assert 10 < moving < 120


@pytest.mark.parametrize("media", ["movie", "tv"])
def test_the_block_shows_the_truths_offers_by_country_and_kind(sandbox: RunningSandbox, media: str) -> None:
    directory = {row["provider_id"]: row for row in ok(sandbox.tmdb(f"/watch/providers/{media}"))["results"]}
    kinds, links = set(), set()
    for tmdb_id in ids(sandbox, media)[:60]:
        countries = block(sandbox, media, tmdb_id)
        shown = {
            (country, kind, row["provider_id"])
            for country, here in countries.items()
            for kind in here.keys() - {"link"}
            for row in here[kind]
        }
        truth = sandbox.truth("offers", media_type=media, tmdb_id=tmdb_id)["offers"]
        assert shown == {(one["country"], one["tmdb_type"], one["tmdb_id"]) for one in truth if one["tmdb_id"]}
        kinds |= {kind for _, kind, _ in shown}
        links |= {here["link"] for here in countries.values()}
        assert all(len(here) > 1 for here in countries.values())
        for country, here in countries.items():
            for row in (row for kind, rows in here.items() if kind != "link" for row in rows):
                listed = directory[row["provider_id"]]
                assert (listed["provider_name"], listed["logo_path"]) == (row["provider_name"], row["logo_path"])
                assert country in listed["display_priorities"]
    assert kinds >= {"flatrate", "buy", "ads"}
    assert ("rent" in kinds) == (media == "movie")


def test_two_ids_share_a_name_and_one_id_has_two(sandbox: RunningSandbox) -> None:
    films, series = (
        {row["provider_id"]: row["provider_name"] for row in ok(sandbox.tmdb(f"/watch/providers/{media}"))["results"]}
        for media in ("movie", "tv")
    )
    assert films[9] == films[119] == "Amazon Prime Video"
    assert {number for number in series if series[number] != films[number]} == {350}
    found = {
        (country, row["provider_id"])
        for tmdb_id in ids(sandbox, "movie")[:150]
        for country, here in block(sandbox, "movie", tmdb_id).items()
        for row in here.get("flatrate", [])
        if row["provider_name"] == "Amazon Prime Video"
    }
    assert {number for country, number in found if country == "US"} == {9}
    assert {number for country, number in found if country != "US"} == {119}


def test_offers_of_no_title_are_no_truth(sandbox: RunningSandbox) -> None:
    for query, status in (({"tmdb_id": "1"}, 404), ({"tmdb_id": "one"}, 400), ({}, 400)):
        assert sandbox.client.get(f"{sandbox.url}/_truth", params={"kind": "offers", **query}).status_code == status


# -- Trending --------------------------------------------------------------------------------------------------------


def trending(sandbox: RunningSandbox, media: str, span: str) -> list[int]:
    return [row["id"] for row in ok(sandbox.tmdb(f"/trending/{media}/{span}"))["results"]]


@pytest.mark.parametrize("media", ["movie", "tv"])
@pytest.mark.parametrize(("span", "step"), [("day", HOUR), ("week", DAY)])
def test_who_trends_stays_for_a_while_climbs_falls_and_leaves(
    sandbox: RunningSandbox, media: str, span: str, step: int
) -> None:
    sandbox.control(do="clock", set=NOON - NOON % DAY)
    seen = []
    for _ in range(12):
        seen.append(trending(sandbox, media, span))
        sandbox.control(do="clock", advance=step - 1)
        assert trending(sandbox, media, span) == seen[-1]
        sandbox.control(do="clock", advance=1)
    assert all(len(set(listed)) == 20 for listed in seen)
    assert all(len(set(one) & set(other)) >= 15 for one, other in pairwise(seen))
    assert any(one != other and set(one) == set(other) for one, other in pairwise(seen))
    assert set(seen[0]) != set(seen[-1])


def test_the_lists_of_the_day_and_of_the_week_differ_and_hold_every_title_once(sandbox: RunningSandbox) -> None:
    assert trending(sandbox, "movie", "day") != trending(sandbox, "movie", "week")
    pages = ok(sandbox.tmdb("/trending/tv/day"))["total_pages"]
    listed = [
        row["id"] for page in range(1, pages + 1) for row in ok(sandbox.tmdb("/trending/tv/day", page=page))["results"]
    ]
    assert sorted(listed) == ids(sandbox, "tv")


# -- What is to come -------------------------------------------------------------------------------------------------


def upcoming(sandbox: RunningSandbox, region: str) -> list[dict[str, Any]]:
    first = ok(sandbox.tmdb("/movie/upcoming", region=region))
    assert (first["dates"]["minimum"], first["dates"]["maximum"]) == ("2026-11-25", "2026-12-19")
    rest = (
        ok(sandbox.tmdb("/movie/upcoming", region=region, page=page))["results"]
        for page in range(2, first["total_pages"] + 1)
    )
    return [*first["results"], *(row for page in rest for row in page)]


def test_what_comes_to_a_countrys_cinemas_may_have_come_before(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", set=NOON)
    there = {region: upcoming(sandbox, region) for region in ("US", "IN", "GB", "DE")}
    assert len({tuple(row["id"] for row in rows) for rows in there.values()}) > 1
    days = [row["release_date"] for rows in there.values() for row in rows]
    assert any("2026-11-25" <= day <= "2026-12-19" for day in days)
    assert any(day < "2026-11-21" for day in days)
