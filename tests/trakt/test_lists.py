"""Pages of Trakt's rankings: what Trakt recorded is read whole, and what is wrong costs its own row."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_assets.tmdb.models import MediaType
from catalog_assets.trakt.lists import RankedRow, read_ranking
from tests.sandbox_process import PROJECT

RECORDED = PROJECT.parent / "shared" / "recorded" / "trakt"

LISTS: dict[str, MediaType] = {
    "movies_anticipated.json": "movie",
    "movies_anticipated_2026.json": "movie",
    "movies_boxoffice.json": "movie",
    "movies_popular.json": "movie",
    "movies_trending.json": "movie",
    "movies_updates.json": "movie",
    "movies_watched.json": "movie",
    "search_id_imdb_tt3107288.json": "tv",
    "search_id_tmdb_60735.json": "movie",
    "search_movie_the_matrix_1999.json": "movie",
    "search_no_results.json": "movie",
    "shows_popular.json": "tv",
    "shows_trending.json": "tv",
}
"""The recorded answers that list titles, and which; in the others are details, errors and codes of signing in."""


def title(**ids: Any) -> dict[str, Any]:
    return {"title": "The Blue Door", "year": 2026, "ids": {"trakt": 900001, "slug": "the-blue-door-2026", **ids}}


def read(*elements: Any, media_type: MediaType = "movie") -> list[RankedRow]:
    found = read_ranking(json.dumps(elements).encode(), media_type)
    assert (found.problem, found.rejected) == (None, {})
    return found.rows


@pytest.mark.skipif(not RECORDED.is_dir(), reason="answers of the real service lie beside the checkout, never in it")
@pytest.mark.parametrize(("name", "media_type"), LISTS.items())
def test_every_recorded_list_is_read_without_a_rejection(name: str, media_type: MediaType) -> None:
    body = (RECORDED / name).read_bytes()
    found = read_ranking(body, media_type)
    assert (found.problem, found.rejected) == (None, {})
    of_other_kinds = 3 if name == "search_id_tmdb_60735.json" else 0
    assert len(found.rows) == len(json.loads(body)) - of_other_kinds
    assert [row.position for row in found.rows] == sorted(row.position for row in found.rows)
    assert all(row.tmdb_id and row.title for row in found.rows)
    assert all((row.watchers is not None) == ("trending" in name or "watched" in name) for row in found.rows)


@pytest.mark.skipif(not RECORDED.is_dir(), reason="answers of the real service lie beside the checkout, never in it")
def test_every_other_recorded_answer_is_refused_with_a_reason() -> None:
    for path in RECORDED.glob("*.json"):
        if path.name not in LISTS:
            for media_type in ("movie", "tv"):
                found = read_ranking(path.read_bytes(), media_type)
                assert found.rows == []
                assert found.problem is not None or found.rejected


def test_an_element_carries_its_counts_under_any_of_their_names() -> None:
    film = {"movie": title(tmdb=7, imdb="tt9000001")}
    counts = {"watcher_count": 812, "play_count": 930, "collected_count": 77}
    assert read({**film, **counts}) == [
        RankedRow(0, 7, "tt9000001", 900001, "The Blue Door", 2026, watchers=812, plays=930, collectors=77)
    ]
    assert read({**film, "watchers": 214})[0][-3:] == (214, None, None)
    assert read(title(tmdb=7))[0][-3:] == (None, None, None)
    show = {"show": title(tmdb=7), **counts, "collector_count": 9}
    assert read(show, media_type="tv")[0].collectors == 9  # the other counts episodes


@pytest.mark.parametrize("ids", [{"tmdb": None, "imdb": None}, {}, {"imdb": ""}, {"imdb": "nm0000001"}])
def test_an_id_that_is_null_absent_or_of_something_else_is_unknown(ids: dict[str, Any]) -> None:
    (row,) = read({"watchers": 1, "movie": title(**ids)})
    assert (row.tmdb_id, row.imdb_id) == (None, None)


def test_titles_of_another_kind_are_left_out_and_places_are_those_of_the_answer() -> None:
    mixed = ({"watchers": 2, "show": title()}, {"watchers": 1, "movie": title(tmdb=3)}, {"movie": title(tmdb=3)})
    assert [(row.position, row.watchers) for row in read(*mixed)] == [(1, 1)]  # the third is the second again
    assert [row.position for row in read(*mixed, media_type="tv")] == [0]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"movie": {"title": "x"}}, "ids"),
        ({"movie": {**title(), "title": " "}}, "title"),
        ({"movie": {**title(), "title": None}}, "title"),
        ({"movie": title(tmdb="603")}, "ids.tmdb"),
        ({"movie": title(tmdb=0)}, "ids.tmdb"),
        ({"movie": title(), "watchers": -1}, "watchers"),
        ({"movie": title(), "watchers": True}, "watchers"),
        ({"movie": {**title(), "year": "2026"}}, "year"),
        ({"movie": {**title(), "title": "\x00"}}, "NUL"),
        ({"movie": 5}, "dictionary"),
        ({}, "title"),
        (None, "dictionary"),
    ],
)
def test_a_row_that_cannot_be_used_costs_itself_alone(wrong: Any, reason: str) -> None:
    body = json.dumps([wrong, {"watchers": 1, "movie": title(tmdb=3)}]).encode()
    found = read_ranking(body, "movie")
    assert [row.position for row in found.rows] == [1]
    assert list(found.rejected) == [0]
    assert reason in found.rejected[0]


@pytest.mark.parametrize("body", [b"", b"{}", b"null", b"<html>", b'[{"movie"', b"\xff"])
def test_a_body_that_is_no_array_is_a_problem(body: bytes) -> None:
    found = read_ranking(body, "movie")
    assert found.problem is not None
    assert (found.rows, found.rejected) == ([], {})


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["movie", "show", "title", "year", "ids", "trakt", "tmdb", "watchers"]), inner
        )
    ),
    max_leaves=12,
)


@settings(max_examples=200, deadline=None)
@given(rows=st.lists(anything, max_size=4))
def test_nothing_that_is_json_is_beyond_reading(rows: list[Any]) -> None:
    found = read_ranking(json.dumps(rows).encode(), "movie")
    assert found.problem is None
    assert {row.position for row in found.rows}.isdisjoint(found.rejected)
