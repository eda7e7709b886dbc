"""Pages, filters and paging limits are those of the contract (contract, sections Endpoints and Response)."""

import json
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.recorded import RECORDED
from tests.sandbox_process import RunningSandbox

MOVIES = RECORDED / "movie_search.json"


def listed(sandbox: RunningSandbox, **params: object) -> list[dict[str, Any]]:
    """Return every item that some filters match."""
    items: list[dict[str, Any]] = []
    while True:
        page = sandbox.page(orderBy="contentId", order="asc", size=1_000, offset=len(items), **params)
        items += page["items"]
        if len(items) >= page["totalResults"]:
            return items


def test_a_page_has_the_envelope_of_the_contract(sandbox: RunningSandbox) -> None:
    answer = sandbox.get(size=3, offset=6, orderBy="contentId", order="asc").json()

    assert set(answer) == {"body", "statusCode", "statusCodeValue"}
    assert (answer["statusCode"], answer["statusCodeValue"]) == ("OK", 200)
    results = answer["body"]["results"]
    assert len(results.pop("items")) == 3
    elsewhere = urlsplit(results.pop("nextOffsetURL"))
    assert results == {"totalResults": 2_000, "offset": 6, "size": 3, "totalPageResults": 3, "totalPages": 667}
    assert elsewhere.hostname not in ("127.0.0.1", None)
    assert elsewhere.path == "/movie/search"
    assert "offset=9" in elsewhere.query


def test_a_film_has_the_fields_of_the_recorded_one_and_of_the_same_types(sandbox: RunningSandbox) -> None:
    if not MOVIES.exists():
        pytest.skip("the recorded answers are not on this machine")
    recorded = json.loads(MOVIES.read_text())["body"]["results"]["items"][0]
    films = listed(sandbox)

    complete = next(film for film in films if recorded.keys() <= film.keys())
    assert {name: type(complete[name]) for name in recorded} == {name: type(recorded[name]) for name in recorded}


def test_pages_by_content_id_hold_every_film_once_in_the_order_of_text(sandbox: RunningSandbox) -> None:
    ids = [film["contentId"] for film in listed(sandbox)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids) == 2_000
    assert ids != sorted(ids, key=int)
    backwards = sandbox.page(orderBy="contentId", order="desc", size=1_000)["items"]
    assert [film["contentId"] for film in backwards] == ids[::-1][:1_000]


def test_pages_by_start_date_repeat_films_and_so_miss_others(sandbox: RunningSandbox) -> None:
    ids = [
        film["contentId"]
        for offset in (0, 1_000)
        for film in sandbox.page(orderBy="startDate", order="asc", size=1_000, offset=offset)["items"]
    ]

    assert len(ids) == 2_000
    assert len(set(ids)) < 2_000


@pytest.mark.parametrize("column", ["updateDate", "startDate"])
def test_a_window_includes_both_its_ends_and_no_film_without_the_date(sandbox: RunningSandbox, column: str) -> None:
    name = column[0].upper() + column[1:]
    films = listed(sandbox)
    dates = sorted(film[column] for film in films if column in film)
    first, last = dates[400], dates[1_500]

    inside = listed(sandbox, **{f"from{name}": first, f"to{name}": last})

    expected = {film["contentId"] for film in films if column in film and first <= film[column] <= last}
    assert {film["contentId"] for film in inside} == expected
    assert len(dates) < len(films)
    assert sandbox.page(**{f"from{name}": dates[0]})["totalResults"] == len(dates)


def test_premium_filters_both_ways_and_matches_no_film_without_it(sandbox: RunningSandbox) -> None:
    free, paid = listed(sandbox, premium="false"), listed(sandbox, premium="true")

    assert {film["premium"] for film in free} == {False}
    assert {film["premium"] for film in paid} == {True}
    without = [film for film in listed(sandbox) if "premium" not in film]
    assert without
    assert len(free) + len(paid) + len(without) == 2_000


def test_filters_work_together(sandbox: RunningSandbox) -> None:
    films = listed(sandbox)
    both = listed(sandbox, fromStartDate=1_300_000_000, toUpdateDate=1_700_000_000, premium="true")

    assert [film["contentId"] for film in both] == [
        film["contentId"]
        for film in films
        if film.get("startDate", 0) >= 1_300_000_000
        and film.get("updateDate", 1 << 60) <= 1_700_000_000
        and film.get("premium")
    ]
    assert both


@pytest.mark.parametrize(
    "params",
    [
        {"size": 1_001},
        {"size": 0},
        {"size": "ten"},
        {"offset": -1},
        {"offset": 9_001, "size": 1_000},
        {"orderBy": "title"},
        {"order": "up"},
        {"premium": "yes"},
        {"fromUpdateDate": "2026-01-01"},
        {"fromUpdateDate": "1.5"},
        {"fromUpdatedDate": 0},
        {"showId": 1},
    ],
    ids=lambda params: "&".join(f"{name}={value}" for name, value in params.items()),
)
def test_what_the_contract_does_not_allow_is_refused_with_a_reason(
    sandbox: RunningSandbox, params: dict[str, object]
) -> None:
    reply = sandbox.get(**params)

    assert reply.status_code == 400
    assert reply.json()["message"]


def test_the_last_offset_that_paging_reaches_answers(sandbox: RunningSandbox) -> None:
    page = sandbox.page(offset=9_000, size=1_000)

    assert page["items"] == []
    assert "nextOffsetURL" not in page


def test_unknown_paths_and_methods_are_refused(sandbox: RunningSandbox) -> None:
    assert sandbox.get("/sport/search").status_code == 404
    reply = sandbox.client.post(
        f"{sandbox.url}/movie/search", params={"partner": sandbox.partner}, headers=sandbox.headers()
    )
    assert reply.status_code == 405
