"""Every kind can be changed as films can, one by one, in bulk and by whole days."""

from collections.abc import Iterator

import pytest

from tests.recorded import TITLES, film_of, titles
from tests.sandbox_process import RunningSandbox, running_sandbox

KINDS = ("movie", "show", "season", "episode", "match", "channel")


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=500, scale=0.01, as_command=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    """A hundredth of the catalogue, changes searchable at once."""
    started.control(do="reset")
    for kind in KINDS:
        started.control(do="lag", kind=kind, seconds=0)
    return started


@pytest.mark.parametrize("kind", KINDS)
def test_items_of_a_kind_come_change_go_and_return(sandbox: RunningSandbox, kind: str) -> None:
    there = sandbox.truth(kind)["total"]
    added = sandbox.control(do="add", kind=kind, count=3)["content_ids"]
    [changed] = sandbox.control(do="update", kind=kind, content_ids=added[:1])["content_ids"]
    sandbox.control(do="remove", kind=kind, content_ids=added[1:2])
    sandbox.control(do="restore", kind=kind, count=1)
    sandbox.control(do="day", kind=kind, adds=2, updates=3, removals=4, returns=0)
    truth = sandbox.truth(kind, ids=1, items=1)

    assert truth["total"] == truth["visible"] == there + 3 + 2 - 4
    assert len(set(truth["ids"])) == len(truth["ids"])
    assert changed in truth["removed_ids"] or any(
        str(truth["items"][changed].get(name)).endswith("version 2") for name in ("title", "name")
    )


@pytest.mark.parametrize(("kind", "stamped"), [("movie", True), ("show", False), ("episode", True), ("match", True)])
def test_a_change_shows_in_update_windows_where_a_kind_has_them(
    sandbox: RunningSandbox, kind: str, stamped: bool
) -> None:
    now = int(sandbox.control(do="clock", stop=True)["clock"])
    changed = sandbox.control(do="update", kind=kind, count=4)["content_ids"]
    items = sandbox.truth(kind, items=1)["items"]

    assert all((items[content_id].get("updateDate") == now) is stamped for content_id in changed)
    if stamped:
        found = sandbox.page(f"/{kind}/search", fromUpdateDate=now, toUpdateDate=now)["items"]
        assert sorted(item["contentId"] for item in found) == sorted(changed)


def test_what_has_no_status_is_not_unpublished(sandbox: RunningSandbox) -> None:
    reply = sandbox.client.post(f"{sandbox.url}/_control", json={"do": "unpublish", "kind": "show", "count": 1})

    assert reply.status_code == 400
    assert "assetStatus" in reply.json()["error"]
    assert len(sandbox.control(do="unpublish", kind="episode", count=5)["content_ids"]) == 5


def test_an_item_is_found_by_an_id_that_was_changed_and_no_more_by_the_one_before(sandbox: RunningSandbox) -> None:
    [old] = sandbox.control(do="update", kind="match", count=1, fields={"contentId": "42"})["content_ids"]
    lost = sandbox.client.post(f"{sandbox.url}/_control", json={"do": "remove", "kind": "match", "content_ids": [old]})

    assert lost.status_code == 400
    assert sandbox.control(do="remove", kind="match", content_ids=["42"])["content_ids"] == ["42"]


def test_a_whole_day_changes_every_kind_as_much_as_was_measured(sandbox: RunningSandbox) -> None:
    before = {kind: sandbox.truth(kind)["total"] for kind in KINDS}
    days = []
    for _ in range(6):
        days.append(sandbox.control(do="whole_day")["kinds"])
        sandbox.control(do="clock", advance=86_400)
    after = {kind: sandbox.truth(kind)["total"] for kind in KINDS}

    assert all(8 <= len(day["movie"]) <= 50 for day in days)
    assert 6 * 90 <= after["episode"] - before["episode"] <= 6 * 500
    assert 6 * 8 <= after["match"] - before["match"] <= 6 * 50
    assert after["show"] - before["show"] == after["season"] - before["season"] > 0
    noted = [change for change in sandbox.truth()["changes"] if change["do"] == "whole_day"]
    assert {change["kind"] for change in noted} == set(KINDS) - {"channel"}


def test_a_whole_day_brings_matches_that_are_still_to_come(sandbox: RunningSandbox) -> None:
    now = int(sandbox.control(do="clock", set=1_900_000_000, stop=True)["clock"])
    added = sandbox.control(do="whole_day")["kinds"]["match"]
    coming = sandbox.page("/match/search", fromStartDate=now, toStartDate=now + 5 * 86_400, size=1_000)["items"]

    assert {match["contentId"] for match in coming} <= set(added)
    assert len(coming) >= 5
    assert all(match["live"] for match in coming)


def test_a_new_show_comes_with_its_season_and_episodes(sandbox: RunningSandbox) -> None:
    while "show" not in (day := sandbox.control(do="whole_day")["kinds"]):
        pass
    show = sandbox.truth("show", items=1)["items"][day["show"][0]]
    [season] = sandbox.page("/season/search", showId=show["id"])["items"]
    episodes = sandbox.page("/episode/search", showId=show["id"], orderBy="contentId", size=1_000)["items"]

    assert season["displaySeasonNo"] == 1
    assert season["episodeCnt"] == len(episodes) > 0
    assert sorted(episode["episodeNo"] for episode in episodes) == list(range(1, len(episodes) + 1))
    assert {episode["seasonId"] for episode in episodes} == {season["id"]}


def test_many_items_with_fields_of_their_own_are_added_at_once(sandbox: RunningSandbox) -> None:
    own = [{"contentId": f"99{number}", "title": f"Known {number}"} for number in range(2_500)]
    added = sandbox.control(do="add", items=own, fields={"year": 1999}, without=["actors"])["content_ids"]
    page = sandbox.page(orderBy="contentId", order="desc", size=1_000)["items"]

    assert added == [item["contentId"] for item in own]
    assert len(page) == 1_000
    assert {(film["contentId"], film["title"], film["year"]) for film in page} <= {
        (item["contentId"], item["title"], 1999) for item in own
    }
    assert not any("actors" in film for film in page)


def test_items_and_a_count_are_not_added_together(sandbox: RunningSandbox) -> None:
    reply = sandbox.client.post(f"{sandbox.url}/_control", json={"do": "add", "count": 2, "items": [{}]})

    assert reply.status_code == 400


def test_real_titles_can_be_sent_through_it_as_films(sandbox: RunningSandbox) -> None:
    if not TITLES.exists():
        pytest.skip("the recorded titles are not on this machine")
    real = [film_of(row) for row in titles()]
    sandbox.control(do="add", items=real)
    shown = sandbox.truth(items=1)["items"]

    assert {film["contentId"]: film["title"] for film in real} == {
        film["contentId"]: shown[film["contentId"]]["title"] for film in real
    }
