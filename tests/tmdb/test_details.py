"""What is read of an answer about a film: the film, its usable blocks, and why the rest cannot be used."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog_assets.tmdb.details import BLOCKS, Details, first_params, read_details, unstorable
from tests.tmdb.answers import (
    ANSWER,
    ANYTHING,
    BLOCKS_OF_FILM,
    FILM,
    FILM_ID,
    assert_storable,
    body_of,
    read,
    recorded,
    recorded_only,
    replaced,
    steps_of,
)

FILM_BLOCKS = BLOCKS["movie"]


def test_one_request_asks_for_eleven_blocks_and_for_pictures_without_text() -> None:
    params = first_params("movie")
    assert len(set(FILM_BLOCKS)) == 11
    assert params["append_to_response"].split(",") == list(FILM_BLOCKS)
    assert "watch/providers" in FILM_BLOCKS
    assert params["language"] == "en-US"
    assert "null" in params["include_image_language"].split(",")


def test_an_answer_is_the_film_and_its_blocks_as_they_came() -> None:
    assert read(ANSWER) == Details(FILM_ID, FILM, BLOCKS_OF_FILM)


def test_a_key_that_nobody_knows_stays_in_the_film() -> None:
    assert read(ANSWER | {"brand_new": [1]}).core["brand_new"] == [1]


@pytest.mark.parametrize("name", FILM_BLOCKS)
def test_a_block_that_is_left_out_is_neither_empty_nor_malformed(name: str) -> None:
    details = read({key: value for key, value in ANSWER.items() if key != name})
    assert details.problem is None
    assert set(FILM_BLOCKS) - set(details.blocks) == {name}
    assert details.malformed == {}


@pytest.mark.parametrize("name", FILM_BLOCKS)
@pytest.mark.parametrize(
    "instead", [None, [], "", 0, {}, {"success": False, "status_code": 11, "status_message": "Internal error."}]
)
def test_an_error_in_place_of_a_block_does_not_read_as_an_empty_block(name: str, instead: object) -> None:
    details = read(ANSWER | {name: instead})
    assert details.problem is None
    assert set(details.blocks) == set(FILM_BLOCKS) - {name}
    assert set(details.malformed) == {name}


@pytest.mark.parametrize("name", ["keywords", "alternative_titles"])
def test_a_block_in_the_shape_of_a_series_is_malformed(name: str) -> None:
    assert set(read(ANSWER | {name: {"results": []}}).malformed) == {name}


@pytest.mark.parametrize(
    ("steps", "value", "reason"),
    [
        (("credits", "cast", 0, "order"), "0", "cast.0.order: Input should be a valid integer"),
        (("credits", "cast", 0, "name"), "a\x00b", "a text holds a NUL character"),
        (("videos", "results", 0, "name"), "\ud83d", "a text holds an invalid character"),
        (("images", "backdrops", 0, "vote_average"), math.nan, "a number is not finite"),
        (("images", "backdrops", 0, "brand_new"), math.inf, "a number is not finite"),
        (("images", "backdrops", 0, "brand_new"), {"\x00": 1}, "a text holds a NUL character"),
        (("keywords", "keywords", 0, "id"), 2**63, "an integer is beyond 64 bits"),
        (("keywords", "keywords", 0, "id"), True, "keywords.0.id: Input should be a valid integer"),
        (("similar", "results", 0, "id"), -1, "results.0.id: Input should be greater than or equal to 1"),
        (("watch/providers", "results"), [], "results: Input should be a valid dictionary"),
        (("translations", "translations", 0), None, "translations.0: Input should be a valid dictionary"),
    ],
)  # fmt: skip
def test_a_bad_value_costs_its_block_alone(steps: tuple[Any, ...], value: object, reason: str) -> None:
    details = read(replaced(ANSWER, steps, value))
    assert details.problem is None
    assert details.malformed == {steps[0]: reason}
    assert set(details.blocks) == set(FILM_BLOCKS) - {steps[0]}


def test_a_reason_is_short_whatever_the_block_is_keyed_by() -> None:
    (reason,) = read(ANSWER | {"watch/providers": {"results": {"x" * 10_000: []}}}).malformed.values()
    assert len(reason) < 300


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "the answer is not JSON"),
        (b"<html><body>502 Bad Gateway</body></html>", "the answer is not JSON"),
        (body_of(ANSWER)[:-100], "the answer is not JSON"),
        (body_of(ANSWER) + b"x", "the answer is not JSON"),
        (b"\xff\xfe", "the answer is not JSON"),
        (b"[" * 100_000, "the answer is nested too deeply"),
        (b"[]", "the answer is not an object"),
        (b"null", "the answer is not an object"),
        (b'"text"', "the answer is not an object"),
        (b'{"success":false,"status_code":21,"status_message":"Entry not found."}', "the answer is TMDB's error 21"),
        (b'{"status_code":34}', "the answer is TMDB's error 34"),
        (b"{}", "the answer has no id"),
        (body_of(FILM | {"id": str(FILM_ID)}), "the answer has no id"),
        (body_of(FILM | {"id": True}), "the answer has no id"),
        (body_of(FILM | {"id": 5}), "the answer is about another title"),
        (body_of(FILM | {"id": 10**30}), "the answer is about another title"),
        (body_of({"id": FILM_ID}), "title: Field required"),
        (body_of(FILM | {"title": None}), "title: Input should be a valid string"),
        (body_of(FILM | {"title": 300}), "title: Input should be a valid string"),
        (body_of(FILM | {"title": " "}), "title: it is empty"),
        (body_of(FILM | {"title": "x" * 501}), "title: String should have at most 500 characters"),
        (body_of(FILM | {"title": "\ud83d"}), "a text holds an invalid character"),
        (body_of(FILM | {"overview": "a\x00b"}), "a text holds a NUL character"),
        (body_of(FILM | {"title": "Door"}).replace(b"Door", b"D\xe9or"), "a text holds an invalid character"),
        (body_of(FILM | {"budget": 2**64}), "an integer is beyond 64 bits"),
        (body_of(FILM | {"budget": -(2**63) - 1}), "an integer is beyond 64 bits"),
        (body_of(FILM | {"budget": 2**63}), "an integer is beyond 64 bits"),
        (body_of(FILM | {"popularity": math.nan}), "a number is not finite"),
        (body_of(FILM).replace(b"20.6912", b"1e999"), "a number is not finite"),
        (body_of(FILM | {"runtime": "121"}), "runtime: Input should be a valid integer"),
        (body_of(FILM | {"runtime": 2**31}), "runtime: Input should be less than 2147483648"),
        (body_of(FILM | {"vote_average": 69}), "vote_average: Input should be less than or equal to 10"),
        (body_of(FILM | {"adult": "no"}), "adult: Input should be a valid boolean"),
        (body_of(FILM | {"genres": [{"name": "Drama"}]}), "genres.0.id: Field required"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_used_says_why(body: bytes, problem: str) -> None:
    details = read_details(body, FILM_ID, "movie")
    assert details.problem == problem
    assert (details.core, details.blocks, details.malformed) == ({}, {}, {})


def test_another_films_answer_tells_its_id() -> None:
    assert read_details(body_of(FILM), 5, "movie").tmdb_id == FILM_ID


@pytest.mark.parametrize("levels", [200, 900])
def test_a_block_of_many_levels_counts_as_missing(levels: int) -> None:
    deep = body_of(FILM)[:-1] + b',"credits":' + b"[" * levels + b"]" * levels + b"}"
    details = read_details(deep, FILM_ID, "movie")
    assert details.malformed == {"credits": "it is nested too deeply"}
    assert details.problem is None


def test_what_is_unknown_may_be_empty_null_or_absent() -> None:
    bare = {"id": FILM_ID, "title": "The Blue Door"}
    texts = ("original_title", "overview", "tagline", "homepage", "release_date", "status", "original_language")
    for film in (bare, bare | dict.fromkeys(texts, ""), bare | dict.fromkeys(FILM.keys() - bare.keys())):
        assert read(film) == Details(FILM_ID, film)


def test_numbers_with_a_fraction_may_come_without_one() -> None:
    film = FILM | {"popularity": 0, "vote_average": 7}
    assert read(film).core == film


def test_a_number_of_64_bits_keeps_every_digit() -> None:
    assert read(FILM | {"budget": 2**63 - 1}).core["budget"] == 2**63 - 1


@given(st.binary(max_size=300))
def test_no_bytes_raise(body: bytes) -> None:
    assert_storable(read_details(body, FILM_ID, "movie"))


@settings(deadline=None)
@given(st.data())
def test_no_damage_to_an_answer_raises(data: st.DataObject) -> None:
    body = body_of(ANSWER)
    start = data.draw(st.integers(0, len(body)))
    end = data.draw(st.integers(start, min(len(body), start + 30)))
    assert_storable(read_details(body[:start] + data.draw(st.binary(max_size=10)) + body[end:], FILM_ID, "movie"))


@settings(deadline=None, max_examples=300)
@given(steps=st.sampled_from([*steps_of(ANSWER)]), instead=ANYTHING)
def test_whatever_stands_in_a_field_what_comes_out_can_be_stored(steps: tuple[Any, ...], instead: object) -> None:
    details = read(replaced(ANSWER, steps, instead))
    assert_storable(details)
    if steps[0] in FILM_BLOCKS:
        assert details.problem is None
        assert set(details.blocks) | set(details.malformed) == set(FILM_BLOCKS)
        assert set(details.malformed) <= {steps[0]}


@given(ANYTHING)
def test_storable_is_what_survives_the_way_to_the_database_and_back(value: object) -> None:
    if unstorable(value) is None:
        text = json.dumps(value, allow_nan=False, ensure_ascii=False)
        assert "\\u0000" not in text
        assert json.loads(text.encode("utf-8")) == value


@recorded_only
@pytest.mark.parametrize(
    ("name", "tmdb_id", "blocks"),
    [
        ("movie_550", 550, set()),
        ("movie_latest", 1236474, set()),
        ("movie_603_append", 603, {"alternative_titles"}),
        (
            "movie_10140_append",
            10140,
            {"images", "external_ids", "videos", "release_dates", "credits", "watch/providers"},
        ),
    ],
)
def test_a_recorded_film_is_read_whole(name: str, tmdb_id: int, blocks: set[str]) -> None:
    details = read_details(recorded(name), tmdb_id, "movie")
    assert (details.problem, details.malformed) == (None, {})
    assert set(details.blocks) == blocks
    assert details.core | details.blocks == json.loads(recorded(name))


@recorded_only
@pytest.mark.parametrize("name", FILM_BLOCKS)
def test_a_recorded_block_has_the_shape_that_is_asked_of_it(name: str) -> None:
    block = json.loads(recorded(f"movie_550_{name.replace('/', '_')}"))
    details = read(FILM | {name: block})
    assert (details.problem, details.malformed) == (None, {})
    assert details.blocks == {name: block}


@recorded_only
@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("error_401_empty_key", "the answer is TMDB's error 7"),
        ("error_401_invalid_key", "the answer is TMDB's error 7"),
        ("error_invalid_api_key", "the answer is TMDB's error 7"),
        ("error_429_rate_limit", "the answer is TMDB's error 25"),
        ("error_not_found", "the answer is TMDB's error 34"),
        ("error_validation", "the answer has no id"),
        ("movie_popular", "the answer has no id"),
        ("movie_550_credits", "title: Field required"),
        ("tv_1399", "title: Field required"),
        ("configuration_countries", "the answer is not an object"),
    ],
)
def test_a_recorded_answer_that_is_no_film_is_refused(name: str, problem: str) -> None:
    body = recorded(name)
    answer = json.loads(body)
    tmdb_id = answer.get("id", 1) if isinstance(answer, dict) else 1
    assert read_details(body, tmdb_id, "movie").problem == problem
