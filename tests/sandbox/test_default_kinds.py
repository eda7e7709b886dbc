"""Series, seasons, episodes and matches refer to each other as the contract says, and are as hard on a client."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.hotstar_kinds import sizes
from tests.sandbox_process import RunningSandbox, running_sandbox

Items = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def tenth() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=5_150, scale=0.1) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def truths(tenth: RunningSandbox) -> dict[str, Items]:
    kinds = ("movie", "show", "season", "episode", "match", "channel")
    return {kind: tenth.truth(kind, items=1)["items"] for kind in kinds}


def test_the_real_sizes_are_those_measured() -> None:
    full = sizes(1.0, films=None)

    assert (full.movies, full.shows, full.episodes, full.matches) == (51_495, 6_111, 686_432, 175_031)
    assert sizes(0.5, films=7).movies == 7


def test_the_same_numbers_stand_in_several_kinds_and_once_in_each(truths: dict[str, Items]) -> None:
    ids = {kind: [item["id"] for item in items.values()] for kind, items in truths.items()}

    assert all(len(set(numbers)) == len(numbers) for numbers in ids.values())
    for one, other in (("movie", "episode"), ("movie", "match"), ("episode", "match"), ("show", "season")):
        assert set(ids[one]) & set(ids[other])
    for one, other in (("movie", "episode"), ("movie", "match"), ("episode", "match"), ("season", "channel")):
        assert truths[one].keys() & truths[other].keys()
    assert all(any(number > 2**31 for number in ids[kind]) for kind in ("movie", "show", "episode", "match"))


def test_episodes_name_seasons_and_series_that_exist_with_a_few_that_do_not(truths: dict[str, Items]) -> None:
    shows = {show["id"] for show in truths["show"].values()}
    seasons = {season["id"]: season for season in truths["season"].values()}
    episodes = truths["episode"].values()
    kept = [episode for episode in episodes if episode["seasonId"] in seasons]

    for episode in kept:
        season = seasons[episode["seasonId"]]
        assert (season["showId"], season["displaySeasonNo"]) == (episode["showId"], episode["seasonNo"])
        assert season["showId"] in shows
    assert 0.95 * len(episodes) < len(kept) < len(episodes)
    assert any(episode["showId"] not in shows for episode in episodes)
    assert any(episode["showId"] in shows for episode in episodes if episode["seasonId"] not in seasons)


def test_episodes_are_numbered_from_one_and_mostly_as_many_as_their_season_counts(truths: dict[str, Items]) -> None:
    numbers: dict[int, list[int]] = {}
    for episode in truths["episode"].values():
        numbers.setdefault(episode["seasonId"], []).append(episode["episodeNo"])
    wrong = 0
    for season in truths["season"].values():
        there = numbers.get(season["id"], [])
        assert sorted(there) == list(range(1, len(there) + 1))
        assert season["episodes"] == len(there)
        wrong += season["episodeCnt"] != len(there)

    assert 0.005 < wrong / len(truths["season"]) < 0.06


@pytest.mark.parametrize(("kind", "starts", "updates"), [("episode", 1_700, 1_600), ("match", 1_400, 1_250)])
def test_one_second_holds_a_heap_of_starts_and_another_one_of_updates(
    truths: dict[str, Items], kind: str, starts: int, updates: int
) -> None:
    items = truths[kind].values()
    [(_, most_starts), (_, next_starts)] = Counter(i["startDate"] for i in items if "startDate" in i).most_common(2)
    [(_, most_updates), (_, next_updates)] = Counter(i["updateDate"] for i in items if "updateDate" in i).most_common(2)

    assert (most_starts, most_updates) == (starts, updates)
    assert next_starts <= 500
    assert next_updates < 20


@pytest.mark.parametrize("kind", ["episode", "match"])
def test_dates_and_premium_are_missing_or_odd_and_half_is_unpublished(truths: dict[str, Items], kind: str) -> None:
    items = truths[kind].values()

    assert 0 < sum("startDate" not in item for item in items) < 0.01 * len(items)
    assert 0 < sum("updateDate" not in item for item in items) < 0.01 * len(items)
    assert any("premium" not in item for item in items)
    for column in ("startDate", "updateDate"):
        dates = [item[column] for item in items if column in item]
        assert min(dates) < 0 < max(dates)
        assert 0 in dates
        assert max(dates) >= 32_535_072_000
    assert 0.45 < sum(item["assetStatus"] == "UNPUBLISHED" for item in items) / len(items) < 0.56


def test_some_matches_are_under_way_or_to_come_and_most_are_long_ago(truths: dict[str, Items]) -> None:
    now = time.time()
    starts = {content_id: item["startDate"] for content_id, item in truths["match"].items() if "startDate" in item}
    near = [content_id for content_id, start in starts.items() if -86_400 < start - now < 14 * 86_400]

    assert 30 <= len(near) <= 35
    assert all(truths["match"][content_id]["live"] for content_id in near)
    assert any(0 < starts[content_id] - now < 86_400 for content_id in near)


def test_matches_stand_around_the_day_of_the_sandboxs_clock() -> None:
    with running_sandbox(scale=0.01) as sandbox:
        then = 1_900_000_000
        sandbox.control(do="clock", set=then)
        sandbox.control(do="reset", parts=["catalogue"])
        window = {"fromStartDate": then - 86_400, "toStartDate": then + 14 * 86_400}

        assert sandbox.page("/match/search", **window)["totalResults"] == 3


def test_a_genre_sometimes_contradicts_the_game(truths: dict[str, Items]) -> None:
    matches = truths["match"].values()
    contradicting = [match for match in matches if match["genre"][0].replace(" ", "").upper()
                     != match["gameName"].replace(" ", "")]  # fmt: skip

    assert 0.02 < len(contradicting) / len(matches) < 0.1


def test_titles_that_only_look_like_tests_occur(truths: dict[str, Items]) -> None:
    titles = [match["title"] for match in truths["match"].values()]

    assert any("Test match" in title for title in titles)
    assert any("Contest" in title for title in titles)
    assert any("HES Automation" in title for title in titles)


def test_items_refer_to_channels_that_are_listed(tenth: RunningSandbox, truths: dict[str, Items]) -> None:
    channels = {(channel["id"], channel["name"]) for channel in truths["channel"].values()}
    for kind in ("movie", "show", "episode"):
        page = tenth.page(f"/{kind}/search", size=500, orderBy="contentId")["items"]
        named = [item["channelObject"] for item in page if "channelObject" in item]

        assert named
        assert {(channel["id"], channel["name"]) for channel in named} <= channels


def test_series_and_films_are_works_of_their_own(truths: dict[str, Items]) -> None:
    films = {film["work"] for film in truths["movie"].values()} - {None}
    series = {show["work"] for show in truths["show"].values()} - {None}

    assert not films & series


def test_a_page_of_episodes_weighs_what_was_measured(tenth: RunningSandbox) -> None:
    body = tenth.get("/episode/search", size=1_000, orderBy="contentId").content

    assert 1_800_000 < len(body) < 2_600_000


def test_the_same_seed_gives_the_same_items_and_another_gives_others() -> None:
    pages = []
    for seed in (5, 5, 6):
        with running_sandbox(seed=seed) as sandbox:
            pages.append(
                [
                    sandbox.page(f"/{kind}/search", size=50, orderBy="contentId")["items"]
                    for kind in ("show", "episode", "match")
                ]
            )

    assert pages[0] == pages[1]
    assert pages[0] != pages[2]
