"""The films that a sandbox starts with are as many, and as hard on a client, as the design says."""

import time
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.sandbox_process import RunningSandbox, running_sandbox

FILMS = 51_495


@pytest.fixture(scope="module")
def full() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=FILMS) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def films(full: RunningSandbox) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = full.truth(items=1)["items"]
    return items


def test_all_are_found_under_ids_of_their_own(full: RunningSandbox, films: dict[str, dict[str, Any]]) -> None:
    assert full.page(size=1)["totalResults"] == len(films) == FILMS
    assert len({film["id"] for film in films.values()}) == FILMS
    assert any(film["id"] > 2**31 for film in films.values())


def test_one_second_holds_12000_starts_and_another_11000_updates(films: dict[str, dict[str, Any]]) -> None:
    starts = Counter(film.get("startDate") for film in films.values())
    updates = Counter(film.get("updateDate") for film in films.values())

    assert starts.most_common(1)[0][1] == 12_000
    assert updates.most_common(1)[0][1] == 11_000


def test_dates_and_premium_are_missing_where_the_design_says_so(films: dict[str, dict[str, Any]]) -> None:
    without_start = [film for film in films.values() if "startDate" not in film]
    without_update = [film for film in films.values() if "updateDate" not in film]

    assert len(without_start) == round(FILMS * 0.002)
    assert len(without_update) == 40
    assert all("updateDate" in film for film in without_start)
    assert all("startDate" in film for film in without_update)
    assert any("premium" not in film for film in films.values())


@pytest.mark.parametrize("column", ["startDate", "updateDate"])
def test_dates_reach_from_below_zero_to_the_year_3000(films: dict[str, dict[str, Any]], column: str) -> None:
    dates = [film[column] for film in films.values() if column in film]

    assert min(dates) < 0
    assert 0 in dates
    assert max(dates) >= 32_535_072_000


def test_half_are_unpublished_and_some_have_expired(films: dict[str, dict[str, Any]]) -> None:
    unpublished = sum(film["assetStatus"] == "UNPUBLISHED" for film in films.values())
    ends = [film.get("endDate") for film in films.values()]

    assert 0.45 < unpublished / FILMS < 0.55
    assert {None, 0, -1, 4_102_424_940} <= set(ends)
    assert sum(1 for end in ends if end is not None and 0 < end < time.time()) > 1_000


def test_content_ids_say_nothing_about_dates(films: dict[str, dict[str, Any]]) -> None:
    by_id = [films[content_id]["updateDate"] for content_id in sorted(films) if "updateDate" in films[content_id]]
    rises = sum(earlier < later for earlier, later in pairwise(by_id))
    falls = sum(earlier > later for earlier, later in pairwise(by_id))

    assert abs(rises - falls) < 0.02 * len(by_id)


def test_test_entries_and_titles_that_only_look_like_them_both_occur(films: dict[str, dict[str, Any]]) -> None:
    tests = {film["title"] for film in films.values() if film["test"]}
    real = {film["title"] for film in films.values() if not film["test"]}

    assert any(title.startswith("HES Automation Movie ") for title in tests)
    assert not tests & real
    assert any("Test match" in title for title in real)
    assert any("Contest" in title for title in real)
    assert any("Greatest" in title for title in real)


def test_titles_come_in_several_scripts_and_pages_weigh_what_was_measured(full: RunningSandbox) -> None:
    reply = full.get(size=1_000, orderBy="contentId")
    titles = "".join(film["title"] for film in reply.json()["body"]["results"]["items"])

    assert all(any(first <= letter <= last for letter in titles) for first, last in ("az", "अह", "அஹ", "অহ"))
    assert 1_800_000 < len(reply.content) < 2_600_000


def test_the_same_seed_gives_the_same_films_and_another_gives_others() -> None:
    pages = []
    for seed in (5, 5, 6):
        with running_sandbox(movies=150, seed=seed) as sandbox:
            pages.append(sandbox.page(size=150, orderBy="contentId")["items"])

    assert pages[0] == pages[1]
    assert pages[0] != pages[2]
