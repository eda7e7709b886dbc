"""Every kind is listed as the contract says: path, filters, order, types (contract, sections Endpoints and Items)."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.recorded import RECORDED
from tests.sandbox_process import RunningSandbox, running_sandbox

SHARED = ("show", "episode", "match")
SIZES = {"show": 61, "episode": 6_864, "match": 1_750}


@pytest.fixture(scope="module")
def hundredth() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=515, scale=0.01, as_command=True) as sandbox:
        yield sandbox


def listed(sandbox: RunningSandbox, kind: str, **params: object) -> list[dict[str, Any]]:
    """Return every item that some filters match."""
    items: list[dict[str, Any]] = []
    while True:
        page = sandbox.page(
            f"/{kind}/search", orderBy="contentId", order="asc", size=1_000, offset=len(items), **params
        )
        items += page["items"]
        if len(items) >= page["totalResults"]:
            return items


def seasons(sandbox: RunningSandbox, show_id: int, **params: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = sandbox.page("/season/search", showId=show_id, size=1_000, **params)["items"]
    return found


@pytest.mark.parametrize("kind", SHARED)
def test_a_hundredth_of_every_kind_is_listed_by_content_id_as_text(hundredth: RunningSandbox, kind: str) -> None:
    ids = [str(item["contentId"]) for item in listed(hundredth, kind)]

    assert ids == sorted(ids)
    assert len(set(ids)) == len(ids) == SIZES[kind] == hundredth.truth(kind)["total"]


@pytest.mark.parametrize(
    ("kind", "of_type"), [("show", int), ("season", int), ("channel", int), ("episode", str), ("match", str)]
)
def test_a_content_id_is_a_number_or_a_text_by_kind(hundredth: RunningSandbox, kind: str, of_type: type) -> None:
    path = "/channel/list" if kind == "channel" else f"/{kind}/search"
    params = {"showId": listed(hundredth, "show")[0]["id"]} if kind == "season" else {}

    assert {type(item["contentId"]) for item in hundredth.page(path, **params)["items"]} == {of_type}


@pytest.mark.parametrize("kind", ["show", "season", "episode", "match", "channel"])
def test_an_item_has_the_fields_of_the_recorded_one_and_of_the_same_types(hundredth: RunningSandbox, kind: str) -> None:
    file = RECORDED / ("channel_list.json" if kind == "channel" else f"{kind}_search.json")
    if not file.exists():
        pytest.skip("the recorded answers are not on this machine")
    recorded = json.loads(file.read_text())["body"]["results"]["items"][0]
    if kind == "channel":
        items = hundredth.page("/channel/list", size=40)["items"]
    elif kind == "season":
        items = seasons(hundredth, listed(hundredth, "show")[0]["id"])
    else:
        items = listed(hundredth, kind)

    complete = next(item for item in items if recorded.keys() <= item.keys())
    assert {name: type(complete[name]) for name in recorded} == {name: type(recorded[name]) for name in recorded}


def test_shows_have_no_update_date_and_no_status(hundredth: RunningSandbox) -> None:
    shows = listed(hundredth, "show")

    assert not any({"updateDate", "assetStatus"} & show.keys() for show in shows)
    free, paid = listed(hundredth, "show", premium="false"), listed(hundredth, "show", premium="true")
    assert {show["premium"] for show in free} == {False}
    assert {show["premium"] for show in paid} == {True}


def test_matches_are_filtered_by_live(hundredth: RunningSandbox) -> None:
    live, recorded = listed(hundredth, "match", live="true"), listed(hundredth, "match", live="false")

    assert {match["live"] for match in live} == {True}
    assert {match["live"] for match in recorded} == {False}
    assert len(live) + len(recorded) == SIZES["match"]


def test_episodes_of_one_show_are_found_by_its_id(hundredth: RunningSandbox) -> None:
    every = listed(hundredth, "episode")
    show_id = every[0]["showId"]

    assert listed(hundredth, "episode", showId=show_id) == [item for item in every if item["showId"] == show_id]


@pytest.mark.parametrize("column", ["updateDate", "startDate"])
@pytest.mark.parametrize("kind", ["episode", "match"])
def test_a_window_holds_what_lies_in_it(hundredth: RunningSandbox, kind: str, column: str) -> None:
    name = column[0].upper() + column[1:]
    every = listed(hundredth, kind)
    dates = sorted(item[column] for item in every if column in item)
    first, last = dates[len(dates) // 10], dates[-len(dates) // 10]

    narrow = listed(hundredth, kind, **{f"from{name}": dates[5], f"to{name}": dates[60]})
    wide = listed(hundredth, kind, **{f"from{name}": first, f"to{name}": last})

    assert narrow == [item for item in every if column in item and dates[5] <= item[column] <= dates[60]]
    assert wide == [item for item in every if column in item and first <= item[column] <= last]


@pytest.mark.parametrize("kind", ["episode", "match"])
def test_pages_from_the_end_are_those_from_the_start_backwards(hundredth: RunningSandbox, kind: str) -> None:
    window = {"fromUpdateDate": 1_300_000_000}
    forwards = listed(hundredth, kind, **window)
    page = hundredth.page(f"/{kind}/search", orderBy="contentId", order="desc", size=400, offset=300, **window)

    assert page["items"] == forwards[::-1][300:700]


def test_seasons_come_in_the_order_of_their_numbers(hundredth: RunningSandbox) -> None:
    shows = [show["id"] for show in listed(hundredth, "show")]
    found = {show_id: seasons(hundredth, show_id) for show_id in shows}
    several = max(shows, key=lambda show_id: len(found[show_id]))

    assert all(season["showId"] == show_id for show_id in shows for season in found[show_id])
    numbers = [season["displaySeasonNo"] for season in found[several]]
    assert numbers == sorted(numbers)
    assert len(numbers) > 2
    backwards = seasons(hundredth, several, order="desc")
    assert [season["displaySeasonNo"] for season in backwards] == numbers[::-1]
    assert sum(map(len, found.values())) == hundredth.truth("season")["total"]


def test_a_page_of_seasons_counts_only_its_total(hundredth: RunningSandbox) -> None:
    show_id = max(item["showId"] for item in listed(hundredth, "episode"))

    assert hundredth.page("/season/search", showId=show_id, size=1_000).keys() <= {
        "items", "totalResults", "nextOffsetURL",
    }  # fmt: skip


def test_channels_are_filtered_in_milliseconds_of_a_time_that_no_answer_shows(hundredth: RunningSandbox) -> None:
    hundredth.control(do="lag", kind="channel", seconds=0)
    now = hundredth.control(do="clock", stop=True)["clock"]
    [changed] = hundredth.control(do="update", kind="channel", count=1)["content_ids"]
    path, order = "/channel/list", {"orderBy": "esUpdateDate"}
    every = hundredth.page(path, size=40, **order)["items"]
    since = hundredth.page(path, fromUpdateDate=int(now * 1_000), **order)["items"]
    hundredth.control(do="reset")

    assert len(every) == 40
    assert [str(channel["contentId"]) for channel in since] == [changed]
    assert every[-1] == since[0]
    assert not any("esUpdateDate" in channel for channel in every)
    assert hundredth.page(path, fromUpdateDate=int(now), **order)["totalResults"] == 40


@pytest.mark.parametrize(
    ("path", "params"),
    [
        ("/season/search", {}),
        ("/season/search", {"showId": "one"}),
        ("/season/search", {"showId": 1, "orderBy": "contentId"}),
        ("/show/search", {"fromUpdateDate": 0}),
        ("/show/search", {"fromStartDate": 0}),
        ("/movie/search", {"live": "true"}),
        ("/episode/search", {"live": "true"}),
        ("/match/search", {"showId": 1}),
        ("/match/search", {"live": "yes"}),
        ("/channel/list", {"premium": "true"}),
        ("/channel/list", {"orderBy": "contentId"}),
    ],
    ids=str,
)
def test_what_an_endpoint_does_not_document_is_refused(
    hundredth: RunningSandbox, path: str, params: dict[str, object]
) -> None:
    reply = hundredth.get(path, **params)

    assert reply.status_code == 400
    assert reply.json()["message"]


def test_without_an_order_pages_repeat_items(hundredth: RunningSandbox) -> None:
    ids = [
        item["contentId"]
        for offset in range(0, 7_000, 150)
        for item in hundredth.page("/episode/search", size=150, offset=offset)["items"]
    ]

    assert len(ids) == SIZES["episode"]
    assert len(set(ids)) < len(ids)
