"""Watchmode's answers are read tolerantly, every recorded one without a rejection, and nothing that comes breaks it."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_assets.streaming.id_map import read_id_map
from catalog_assets.streaming.watchmode import (
    Listed,
    read_offers,
    read_regions,
    read_releases,
    read_sources,
    read_status,
)
from tests.sandbox_process import PROJECT

RECORDED = PROJECT.parent / "shared" / "recorded" / "watchmode"
recorded = pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this checkout")

READERS: dict[str, Callable[[bytes], Listed[Any]]] = {
    "releases.json": read_releases,
    "sources.json": read_sources,
    "regions.json": read_regions,
    "title_1359293_sources.json": read_offers,
    "title_345534_sources.json": read_offers,
}
LISTS_OF_TITLES = {"list_titles.json": "titles", "search.json": "title_results"}
"""Answers of endpoints that nobody asks; their rows say what a row of the file of ids says."""
DICTIONARIES = {"genres.json", "networks.json"}
"""Likewise: numbers and names of Watchmode's own, which no other answer of ours mentions."""
ERRORS = {"error_400.json", "error_429.json"}


def body_of(name: str) -> bytes:
    return (RECORDED / name).read_bytes()


@recorded
@pytest.mark.parametrize("name", READERS)
def test_every_row_of_a_recorded_answer_is_taken(name: str) -> None:
    read = READERS[name](body_of(name))
    answer = orjson.loads(body_of(name))
    rows = answer["releases"] if isinstance(answer, dict) else answer
    assert (read.problem, read.rejected, len(read.rows)) == (None, {}, len(rows))


@recorded
def test_offers_that_came_with_details_are_taken_likewise() -> None:
    appended = orjson.loads(body_of("title_3173903_details_sources.json"))["sources"]
    read = read_offers(orjson.dumps(appended))
    assert (read.problem, read.rejected, len(read.rows)) == (None, {}, len(appended))
    assert read_offers(body_of("title_3173903_details_sources.json")).problem == "the answer is not a list"


@recorded
def test_the_recorded_file_of_ids_keeps_a_film_and_a_series_of_one_number_apart() -> None:
    read = read_id_map(body_of("title_id_map_excerpt.csv"))
    assert read.mappings.rows() == [
        ("movie", 286217, 1406622, "tt3659388", "The Martian", 2015),
        ("tv", 286217, 3262859, "tt38494991", "Death at the White Hart", None),
    ]
    assert (read.rows, read.without_tmdb_id, read.rejected, read.conflicts.height) == (2, 0, 0, 0)


@recorded
@pytest.mark.parametrize(("name", "key"), LISTS_OF_TITLES.items())
def test_titles_of_other_lists_have_the_ids_of_the_file(name: str, key: str) -> None:
    rows = orjson.loads(body_of(name))[key]
    lines = [
        f'"{row["id"]}","{row["imdb_id"]}","{row["tmdb_id"]}","{row["tmdb_type"]}","x","{row["year"]}"' for row in rows
    ]
    read = read_id_map("\n".join(["Watchmode ID,IMDB ID,TMDB ID,TMDB Type,Title,Year", *lines]).encode())
    assert read.mappings.height == len(rows)


@recorded
@pytest.mark.parametrize("name", sorted(ERRORS))
def test_an_error_is_no_answer(name: str) -> None:
    problem = f"the answer is Watchmode's error {name[6:9]}"
    assert [read(body_of(name)).problem for read in READERS.values()] == [problem] * len(READERS)
    assert read_status(body_of(name)).problem == problem


@recorded
def test_every_recorded_file_is_looked_at() -> None:
    known = {*READERS, *LISTS_OF_TITLES, *DICTIONARIES, *ERRORS}
    others = {"title_id_map_excerpt.csv", "title_3173903_details_sources.json"}
    assert {path.name for path in RECORDED.iterdir()} == known | others


def offer(**given: Any) -> dict[str, Any]:
    return {"source_id": 349, "region": "IN", "type": "rent", "format": "HD", "name": "AppleTV", **given}


def read_one(**given: Any) -> Any:
    (row,) = read_offers(orjson.dumps([offer(**given)])).rows
    return row


@pytest.mark.parametrize(
    ("price", "read"),
    [(120, "120.00"), (3.99, "3.99"), ("3.99", "3.99"), (0, "0.00"), (None, None), ("free", None), (-1, None)],
)
def test_a_price_may_come_as_a_number_or_as_a_text(price: object, read: str | None) -> None:
    assert read_one(price=price).price == (None if read is None else Decimal(read))


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("https://tv.apple.com/in?a=1&amp;b=2", "https://tv.apple.com/in?a=1&b=2"),
        ("http://a.example/x", "http://a.example/x"),
        ("Deeplinks available for paid plans only.", None),
        ("hbomax://deeplink/x", None),
        ("javascript:alert(1)", None),
        ("https://a.example/ only for paid plans", None),
        ("", None),
        (None, None),
        (7, None),
    ],
)
def test_a_link_is_one_of_the_web_or_none(given: object, read: str | None) -> None:
    row = read_one(web_url=given, ios_url=given, android_url=given)
    assert (row.web_url, row.ios_url, row.android_url) == (read, read, read)


def test_an_unknown_type_or_format_stays_what_it_is() -> None:
    row = read_one(type="Addon", format="8k")
    assert (row.type, row.format) == ("addon", "8K")
    row = read_one(type=None, format=None)
    assert (row.type, row.format) == (None, None)


def test_each_format_of_a_service_is_an_offer_and_a_repeated_one_is_not() -> None:
    rows = [offer(format="SD", price=90), offer(format="HD", price=120), offer(format="HD", price=130)]
    read = read_offers(orjson.dumps(rows))
    assert [(row.format, row.price) for row in read.rows] == [("SD", Decimal(90)), ("HD", Decimal(120))]


def test_a_row_that_cannot_be_used_costs_itself_alone() -> None:
    rows = [
        offer(),
        offer(source_id=None),
        offer(region="United States"),
        offer(name="a\0b"),
        "x",
        offer(source_id="26"),
    ]
    read = read_offers(orjson.dumps(rows))
    assert [row.source_id for row in read.rows] == [349, 26]
    assert sorted(read.rejected) == [1, 2, 3, 4]
    assert read.problem is None


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"{}", b"[{}]", b'{"success":false,"errorMessage":"Over plan quota on this API Key."}']
)
def test_what_is_no_list_of_offers_is_not_taken_for_an_empty_one(body: bytes) -> None:
    assert read_offers(body).problem is not None
    assert read_offers(b"[]").problem is None


def test_a_release_says_of_which_kind_its_number_is_and_on_which_day_it_comes() -> None:
    row = {
        "id": 1,
        "source_id": 203,
        "source_release_date": "2026-12-04",
        "is_original": 1,
        "tmdb_id": 0,
        "tmdb_type": "",
    }
    (read,) = read_releases(orjson.dumps({"releases": [row]})).rows
    assert (read.tmdb_id, read.tmdb_type, read.is_original, read.season_number) == (None, None, True, None)
    undated = read_releases(orjson.dumps({"releases": [row, row | {"source_release_date": "soon"}]}))
    assert (len(undated.rows), list(undated.rejected)) == (1, [1])


def test_a_region_is_in_the_plan_only_where_it_is_said_so() -> None:
    read = read_regions(orjson.dumps([{"country": "US", "plan_enabled": True}, {"country": "IN"}]))
    assert [(row.country, row.plan_enabled) for row in read.rows] == [("US", True)]
    assert list(read.rejected) == [1]


def test_the_months_credits_are_two_numbers_or_a_problem() -> None:
    status = read_status(b'{"quota":"2500","quotaUsed":731}')
    assert (status.quota, status.used, status.problem) == (2500, 731, None)
    assert read_status(b'{"quota":2500}').problem == "quotaUsed: Field required"


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
fields = st.sampled_from(
    [*offer(), "id", "price", "web_url", "seasons", "source_release_date", "country", "plan_enabled"]
)


@given(st.lists(st.dictionaries(fields, json, max_size=8) | json, max_size=4))
def test_no_answer_breaks_a_reader_and_every_row_is_taken_or_rejected(rows: list[Any]) -> None:
    body = orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS) if _is_storable(rows) else b"\xff"
    for read in (read_offers, read_sources, read_regions, read_releases):
        found: Listed[Any] = read(body)
        assert len(found.rows) + len(found.rejected) <= len(rows)
        assert found.rows or found.problem or not rows
    assert read_status(body).problem is not None


def _is_storable(rows: object) -> bool:
    try:
        orjson.dumps(rows, option=orjson.OPT_NON_STR_KEYS)
    except orjson.JSONEncodeError:
        return False
    return True
