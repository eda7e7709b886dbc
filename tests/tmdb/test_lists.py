"""What is read of a page of a list and of the changes feed."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_assets.tmdb.details import unstorable
from catalog_assets.tmdb.lists import (
    LAST_PAGE,
    Change,
    ChangesPage,
    ListPage,
    ListRow,
    read_changes,
    read_list,
)
from catalog_assets.tmdb.models import MediaType
from tests.tmdb.answers import ANYTHING, body_of, recorded, recorded_only, replaced, steps_of

FILM = {"id": 1, "title": "The Blue Door", "release_date": "2026-10-09", "adult": False, "overview": "A door."}
SERIES = {"id": 2, "name": "Salt Road", "first_air_date": "2025-02-14", "adult": True}


def page_of(*rows: object, **more: object) -> dict[str, Any]:
    return {"page": 1, "results": list(rows), "total_pages": 7, "total_results": 131} | more


def read(*rows: object, media_type: MediaType = "movie") -> ListPage:
    return read_list(body_of(page_of(*rows)), media_type)


def assert_storable(page: ListPage | ChangesPage) -> None:
    rows = page.rows if isinstance(page, ListPage) else page.entries
    assert unstorable([list(row) for row in rows]) is None
    assert unstorable([page.page, page.total_pages, page.problem, list(page.rejected.values())]) is None
    assert len({row.tmdb_id for row in rows}) == len(rows)
    assert page.total_pages <= LAST_PAGE
    assert page.problem is None or not rows


def test_a_page_is_its_place_and_its_titles() -> None:
    assert read(FILM) == ListPage(1, 7, 131, [ListRow(1, "The Blue Door", "2026-10-09", adult=False)])


def test_a_series_has_a_name_and_a_first_day() -> None:
    assert read(SERIES, media_type="tv").rows == [ListRow(2, "Salt Road", "2025-02-14", adult=True)]


def test_what_a_row_does_not_say_is_unknown() -> None:
    assert read({"id": 1}).rows == [ListRow(1, None, None, None)]
    empty = {"id": 1, "title": "", "release_date": "", "adult": None}
    assert read(empty).rows == [ListRow(1, None, None, None)]


@pytest.mark.parametrize(("media_type", "kept"), [("movie", [1, 4]), ("tv", [2, 4])])
def test_of_a_mixed_list_only_the_wanted_kind_is_kept(media_type: MediaType, kept: list[int]) -> None:
    mixed = [
        FILM | {"media_type": "movie"},
        SERIES | {"media_type": "tv"},
        {"id": 3, "name": "B. Sen", "media_type": "person", "known_for": []},
        {"id": 4},
    ]
    page = read(*mixed, media_type=media_type)
    assert [row.tmdb_id for row in page.rows] == kept
    assert page.rejected == {}


def test_the_first_of_a_repeated_title_stays() -> None:
    page = read(FILM, FILM | {"title": "Another"}, FILM | {"id": 5})
    assert [(row.tmdb_id, row.title) for row in page.rows] == [(1, "The Blue Door"), (5, "The Blue Door")]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (None, "Input should be a valid dictionary"),
        ({}, "id: Field required"),
        ({"id": "1"}, "id: Input should be a valid integer"),
        ({"id": True}, "id: Input should be a valid integer"),
        ({"id": 0}, "id: Input should be greater than or equal to 1"),
        ({"id": 2**31}, "id: Input should be less than 2147483648"),
        ({"id": 10**30}, "an integer is beyond 64 bits"),
        ({"id": 1, "title": 5}, "title: Input should be a valid string"),
        ({"id": 1, "title": "a\x00"}, "a text holds a NUL character"),
        ({"id": 1, "title": "\ud800"}, "a text holds an invalid character"),
        ({"id": 1, "adult": "no"}, "adult: Input should be a valid boolean"),
    ],
)  # fmt: skip
def test_a_bad_row_costs_itself_alone(row: object, reason: str) -> None:
    page = read(FILM | {"id": 9}, row)
    assert page.problem is None
    assert [kept.tmdb_id for kept in page.rows] == [9]
    assert page.rejected == {1: reason}


def test_what_is_not_read_of_a_row_may_be_of_any_kind() -> None:
    assert read(FILM | {"overview": "a\x00", "popularity": 10**40, "genre_ids": None}).rejected == {}


def test_no_page_after_the_500th_can_be_asked_for() -> None:
    assert read_list(body_of(page_of(FILM, total_pages=38_029)), "movie").total_pages == 500
    assert read_changes(body_of(page_of({"id": 1}, total_pages=501))).total_pages == 500


def test_an_empty_list_is_a_list() -> None:
    empty = body_of(page_of(total_pages=0, total_results=0))
    assert read_list(empty, "movie") == ListPage(1, 0, 0)
    assert read_changes(empty) == ChangesPage(1, 0)


BAD_PAGES = [
    (b"", "the answer is not JSON"),
    (b"<html>", "the answer is not JSON"),
    (body_of(page_of(FILM))[:-5], "the answer is not JSON"),
    (b"[" * 100_000, "the answer is nested too deeply"),
    (b"[]", "the answer is not an object"),
    (b'{"success":false,"status_code":22,"status_message":"Invalid page"}', "the answer is TMDB's error 22"),
    (body_of(page_of(results=None)), "results: it is not a list"),
    (body_of(page_of(results={})), "results: it is not a list"),
    (body_of(page_of(page=0)), "page: Input should be greater than or equal to 1"),
    (body_of(page_of(page="1")), "page: Input should be a valid integer"),
    (body_of(page_of(total_pages=None)), "total_pages: Input should be a valid integer"),
    (body_of(page_of(total_pages=-1)), "total_pages: Input should be greater than or equal to 0"),
    (body_of(page_of(total_results=10**30)), "an integer is beyond 64 bits"),
    (body_of({"results": [FILM]}), "page: Input should be a valid integer"),
]


@pytest.mark.parametrize(("body", "problem"), BAD_PAGES)
def test_a_page_that_cannot_be_used_says_why(body: bytes, problem: str) -> None:
    assert read_list(body, "movie") == ListPage(problem=problem)
    assert read_changes(body) == ChangesPage(problem=problem)


def test_a_change_with_adult_null_tells_of_a_title_that_is_gone() -> None:
    rows = [{"id": 1, "adult": False}, {"id": 2, "adult": None}, {"id": 3}, {"id": 4, "adult": True, "softcore": False}]
    page = read_changes(body_of(page_of(*rows)))
    assert page == ChangesPage(1, 7, [Change(1, False), Change(2, True), Change(3, False), Change(4, False)])


def test_a_change_is_judged_by_its_id_alone() -> None:
    page = read_changes(body_of(page_of({"id": 1, "adult": "?"}, {"id": None, "adult": None}, {"id": 1})))
    assert page.entries == [Change(1, gone=False)]
    assert page.rejected == {1: "id: Input should be a valid integer"}


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    assert_storable(read_list(body, "movie"))
    assert_storable(read_changes(body))


ANSWER = page_of(FILM, SERIES | {"media_type": "tv"}, {"id": 1, "adult": None})


@settings(deadline=None, max_examples=200)
@given(steps=st.sampled_from([*steps_of(ANSWER)]), instead=ANYTHING, media_type=st.sampled_from(["movie", "tv"]))
def test_whatever_stands_in_a_field_what_comes_out_can_be_stored(
    steps: tuple[Any, ...], instead: object, media_type: MediaType
) -> None:
    body = body_of(replaced(ANSWER, steps, instead))
    assert_storable(read_list(body, media_type))
    assert_storable(read_changes(body))


@recorded_only
@pytest.mark.parametrize(
    ("name", "media_type", "total_pages"),
    [
        ("movie_popular", "movie", 500),
        ("movie_now_playing", "movie", 155),
        ("movie_upcoming", "movie", 37),
        ("movie_top_rated", "movie", 456),
        ("movie_550_similar", "movie", 500),
        ("movie_550_recommendations", "movie", 2),
        ("trending_movie", "movie", 500),
        ("trending_tv", "tv", 500),
        ("tv_popular", "tv", 500),
        ("discover_tv_watch_providers", "tv", 144),
        ("search_movie_the_matrix", "movie", 2),
        ("search_movie_blank_date", "movie", 1),
    ],
)
def test_a_recorded_list_is_read_to_its_last_row(name: str, media_type: MediaType, total_pages: int) -> None:
    page = read_list(recorded(name), media_type)
    rows = json.loads(recorded(name))["results"]
    assert (page.problem, page.rejected) == (None, {})
    assert (page.page, page.total_pages) == (1, total_pages)
    assert [row.tmdb_id for row in page.rows] == [row["id"] for row in rows]
    assert all(row.title for row in page.rows)
    dates = [row.get("release_date") or row.get("first_air_date") or None for row in rows]
    assert [row.release_date for row in page.rows] == dates


@recorded_only
def test_a_recorded_list_of_films_holds_no_series() -> None:
    assert read_list(recorded("trending_movie"), "tv").rows == []


@recorded_only
@pytest.mark.parametrize(("name", "total_pages"), [("movie_changes", 62), ("tv_changes", 53)])
def test_a_recorded_feed_of_changes_is_read_to_its_last_row(name: str, total_pages: int) -> None:
    page = read_changes(recorded(name))
    rows = json.loads(recorded(name))["results"]
    assert (page.problem, page.rejected, page.page, page.total_pages) == (None, {}, 1, total_pages)
    assert page.entries == [Change(row["id"], row["adult"] is None) for row in rows]
