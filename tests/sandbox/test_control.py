"""The control endpoint changes what is true; searches show it after the index lag."""

import base64
import json
from typing import Any

import pytest

from tests.sandbox_process import RunningSandbox


def shown(sandbox: RunningSandbox, **params: object) -> dict[str, dict[str, Any]]:
    """Return what searches show, by content id; at most 2,000 items."""
    items = [
        item
        for offset in (0, 1_000)
        for item in sandbox.page(orderBy="contentId", order="asc", size=1_000, offset=offset, **params)["items"]
    ]
    return {str(item["contentId"]): item for item in items}


def ids(sandbox: RunningSandbox, count: int = 3) -> list[str]:
    """Return content ids of films that exist."""
    every: list[str] = sandbox.truth(ids=1)["ids"]
    return every[100 : 100 + count]


def test_an_update_is_true_at_once_and_searchable_after_the_lag(sandbox: RunningSandbox) -> None:
    sandbox.control(do="clock", stop=True)
    sandbox.control(do="lag", seconds=600)
    now = int(sandbox.control(do="clock", stop=True)["clock"])
    [changed] = sandbox.control(do="update", count=1, fields={"title": "Changed"})["content_ids"]

    assert sandbox.truth(items=1)["items"][changed]["title"] == "Changed"
    assert sandbox.truth()["waiting"] == 1
    assert sandbox.page(fromUpdateDate=now, toUpdateDate=now)["totalResults"] == 0
    assert shown(sandbox)[changed]["title"] != "Changed"

    sandbox.control(do="clock", advance=600)
    [found] = sandbox.page(fromUpdateDate=now, toUpdateDate=now)["items"]
    assert (found["contentId"], found["title"], found["updateDate"]) == (changed, "Changed", now)
    assert sandbox.truth()["waiting"] == 0


def test_an_older_change_never_comes_back_over_a_newer_one(sandbox: RunningSandbox) -> None:
    sandbox.control(do="lag", seconds=600)
    [film] = ids(sandbox, 1)
    for turn in range(20):
        sandbox.control(do="update", content_ids=[film], fields={"title": f"Turn {turn}"})
    turns = []
    for _ in range(30):
        sandbox.control(do="clock", advance=21)
        [item] = sandbox.page(orderBy="contentId", order="asc", size=1, offset=100)["items"]
        title = item["title"]
        turns.append(int(title.removeprefix("Turn ")) if title.startswith("Turn ") else -1)

    assert turns == sorted(turns)
    assert turns[-1] == 19


def test_a_removed_film_is_gone_after_the_lag_and_comes_back(sandbox: RunningSandbox) -> None:
    sandbox.control(do="lag", seconds=600)
    [film] = sandbox.control(do="remove", count=1)["content_ids"]
    truth = sandbox.truth(ids=1)

    assert truth["removed_ids"] == [film]
    assert film not in truth["ids"]
    assert film in truth["visible_ids"]
    sandbox.control(do="clock", advance=600)
    assert film not in shown(sandbox)

    sandbox.control(do="restore", content_ids=[film], touch=False)
    sandbox.control(do="clock", advance=600)
    assert film in shown(sandbox)
    assert sandbox.truth()["total"] == 2_000


def test_films_are_unpublished_and_published_again(sandbox: RunningSandbox) -> None:
    off = sandbox.control(do="unpublish", count=4)["content_ids"]
    on = sandbox.control(do="republish", content_ids=off[:1])["content_ids"]
    films = shown(sandbox)

    assert {films[film]["assetStatus"] for film in off[1:]} == {"UNPUBLISHED"}
    assert {films[film]["assetStatus"] for film in on} == {"PUBLISHED"}


def test_many_films_can_share_a_second_or_have_no_dates(sandbox: RunningSandbox) -> None:
    second = 1_650_000_000
    crowd = sandbox.control(do="add", count=12_500, fields={"updateDate": second, "startDate": second})["content_ids"]
    sandbox.control(do="add", count=7, without=["updateDate", "startDate"])

    assert len(set(crowd)) == 12_500
    assert sandbox.page(fromUpdateDate=second, toUpdateDate=second, fromStartDate=second)["totalResults"] == 12_500
    assert sandbox.page()["totalResults"] == 2_000 + 12_507
    late = sandbox.page(fromUpdateDate=-(10**15))["totalResults"]
    assert late < 2_000 + 12_507 - 7 + 1


def test_a_day_of_changes_adds_up(sandbox: RunningSandbox) -> None:
    sandbox.control(do="day", adds=4, updates=6, removals=5, returns=0)
    sandbox.control(do="day", adds=4, updates=6, removals=5, returns=3)
    truth = sandbox.truth()

    assert truth["total"] == truth["visible"] == 2_000 + 8 - 10 + 3
    assert truth["removed"] == 7
    assert [len(change["content_ids"]) for change in truth["changes"] if change["do"] == "day"] == [15, 18]


def test_a_change_happens_between_two_named_pages(sandbox: RunningSandbox) -> None:
    going = sandbox.page(orderBy="contentId", order="asc", size=1)["items"][0]["contentId"]
    when = {"path": "/movie/search", "params": {"offset": "999"}, "position": "before"}
    assert sandbox.control(do="remove", content_ids=[going], when=when) == {"scheduled": 1}
    totals = [
        sandbox.page(orderBy="contentId", order="asc", size=1_000, offset=offset)["totalResults"]
        for offset in (0, 999, 1_998)
    ]

    assert totals == [2_000, 1_999, 1_999]
    assert sandbox.truth()["scheduled"] == 0


def test_a_change_happens_after_so_many_requests(sandbox: RunningSandbox) -> None:
    sandbox.control(do="add", count=1, when={"after_request": 2})

    assert [sandbox.page()["totalResults"] for _ in range(3)] == [2_000, 2_000, 2_001]


def test_a_late_action_that_cannot_be_done_is_told_in_the_truth(sandbox: RunningSandbox) -> None:
    sandbox.control(do="remove", content_ids=["nobody"], when={"after_request": 1})

    assert sandbox.get().status_code == 200
    assert "nobody" in sandbox.truth()["changes"][-1]["error"]


@pytest.mark.parametrize(
    "text",
    [
        '{"contentId":"1","title":"a\\u0000b"}',
        '{"contentId":"1","title":"\\ud800"}',
        '{"contentId":"1","duration":NaN}',
        '{"contentId":"1","id":123456789012345678901234}',
        '{"title":"no id at all"}',
        '{"contentId":{"not":"text"}}',
        '"not even an object"',
    ],
)
def test_any_text_can_stand_for_a_film(sandbox: RunningSandbox, text: str) -> None:
    film, following = ids(sandbox, 2)
    sandbox.control(do="raw", content_id=film, text=text)
    body = sandbox.get(orderBy="contentId", order="asc", size=2, offset=100).text

    assert f'"items":[{text},{{' in body
    sandbox.control(do="raw", content_id=film)
    assert list(shown(sandbox))[100:102] == [film, following]


def test_invalid_bytes_can_stand_for_a_film(sandbox: RunningSandbox) -> None:
    [film] = ids(sandbox, 1)
    raw = b'{"contentId":"1","title":"\xff\xfe"}'
    sandbox.control(do="raw", content_id=film, base64=base64.b64encode(raw).decode())

    assert raw in sandbox.get(orderBy="contentId", order="asc", size=1, offset=100).content
    assert sandbox.truth(items=1)["items"][film]["raw"] is True


def test_fields_can_take_any_value_and_new_names(sandbox: RunningSandbox) -> None:
    [film] = ids(sandbox, 1)
    fields = {"title": "x" * 501, "duration": "an hour", "id": 10**23, "surprise": {"new": True}, "startDate": "soon"}
    sandbox.control(do="update", content_ids=[film], fields=fields, without=["genre"])
    changed = shown(sandbox)[film]

    assert {name: changed[name] for name in fields} == fields
    assert "genre" not in changed
    assert sandbox.truth(items=1)["items"][film]["id"] == 10**23


def test_an_internal_id_can_be_issued_again(sandbox: RunningSandbox) -> None:
    first, second = ids(sandbox, 2)
    taken = shown(sandbox)[first]["id"]
    sandbox.control(do="update", content_ids=[second], fields={"id": taken})
    films = shown(sandbox)

    assert films[first]["id"] == films[second]["id"] == taken


def test_a_content_id_can_stand_twice_in_a_page(sandbox: RunningSandbox) -> None:
    [film] = ids(sandbox, 1)
    sandbox.control(do="duplicate", content_id=film)
    page = sandbox.page(orderBy="contentId", order="asc", size=2, offset=100)

    assert page["totalResults"] == 2_001
    assert page["items"][0] == page["items"][1]
    assert page["items"][0]["contentId"] == film


def test_a_reset_brings_everything_back(sandbox: RunningSandbox) -> None:
    before = shown(sandbox)
    sandbox.control(do="day", adds=50, updates=50, removals=50)
    sandbox.control(do="fault", status=503, times=None)
    sandbox.control(do="clock", advance=10**6)
    sandbox.control(do="reset")

    assert shown(sandbox) == before
    assert sandbox.truth()["changes"] == []


def test_several_actions_can_be_sent_at_once(sandbox: RunningSandbox) -> None:
    actions = [{"do": "add", "count": 2}, {"do": "lag", "seconds": 5}]
    reply = sandbox.client.post(f"{sandbox.url}/_control", json=actions)

    assert [len(answer["content_ids"]) for answer in reply.json()] == [2, 0]


@pytest.mark.parametrize(
    "action",
    [
        {"do": "dance"},
        {"do": "add", "cuont": 1},
        {"do": "update"},
        {"do": "update", "count": 1, "content_ids": []},
        {"do": "remove", "content_ids": ["nobody"]},
        {"do": "add", "kind": "opera"},
        {"do": "pace", "service": "opera"},
        {"do": "fault"},
        {"do": "raw", "content_id": "nobody"},
        {"do": "duplicate", "content_id": "nobody"},
        [1],
        {},
    ],
    ids=json.dumps,
)
def test_an_action_it_does_not_know_is_refused_with_a_reason(sandbox: RunningSandbox, action: object) -> None:
    reply = sandbox.client.post(f"{sandbox.url}/_control", json=action)

    assert reply.status_code == 400
    assert reply.json()["error"]


def test_the_truth_of_an_unknown_kind_is_refused(sandbox: RunningSandbox) -> None:
    assert sandbox.client.get(f"{sandbox.url}/_truth", params={"kind": "opera"}).status_code == 404
