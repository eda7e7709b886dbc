"""Censuses that were cut off: what the next run takes up and what it reads again."""

import pytest

from resources.errors import LockLost, ServiceUnreachable
from tests.hotstar.memory_service import Item, numbered
from tests.hotstar.world import World, cut_off, now, spread


def test_a_lost_connection_stops_the_census_and_the_next_one_takes_it_up(world: World) -> None:
    world.service.items = numbered(spread(60))

    def before(number: int) -> None:
        if number == 9:
            world.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'")

    world.service.before = before
    with pytest.raises(LockLost, match="what is stored is taken up"):
        world.census(run_id="first")
    world.service.before = lambda _: None

    result = world.census(run_id="second")

    assert (result.status, result.taken_up, result.distinct_ids) == ("complete", True, 60)


@pytest.mark.parametrize("cut_at", [1, 2, 3, 4, 7, 12, 20, 28])
def test_a_census_cut_off_anywhere_is_taken_up_without_fetching_a_stored_page_again(world: World, cut_at: int) -> None:
    world.service.items = numbered([*spread(60), Item(None, 17)])

    cut_off(world, cut_at)

    result = world.census()

    assert (result.status, result.taken_up, result.distinct_ids) == ("complete", True, 61)
    again = world.rows(
        "SELECT count(*) FROM pages JOIN parts USING (part_id) WHERE parts.role <> 'window'"
        " GROUP BY params HAVING count(*) > 1 AND params - '{size,order,offset,orderBy}'::text[] <> '{}'"
    )
    assert again == []
    assert len(world.rows("SELECT FROM listings")) == 1


def test_parts_older_than_six_hours_are_read_again(world: World) -> None:
    world.service.items = numbered(spread(60))

    cut_off(world, 15)
    world.execute("UPDATE pages SET sent_at = sent_at - interval '7 hours'")
    world.execute("UPDATE listings SET started_at = started_at - interval '7 hours'")

    result = world.census()

    assert (result.status, result.taken_up, result.distinct_ids) == ("complete", True, 60)
    assert all(
        row["reading"] == 2 or row["fresh"]
        for row in world.rows(
            "SELECT p.reading, bool_and(g.sent_at > now() - interval '1 hour') AS fresh"
            " FROM parts AS p JOIN pages AS g USING (part_id) WHERE p.role = 'part' AND NOT p.dropped"
            " GROUP BY p.part_id, p.reading"
        )
    )


def test_a_census_cut_off_a_day_ago_is_closed_and_a_new_one_begins(world: World) -> None:
    world.service.items = numbered(spread(3))
    world.execute(
        "INSERT INTO listings (kind, purpose, run_id, started_at)"
        " VALUES ('movie', 'census', 'old', now() - interval '25 hours')"
    )

    result = world.census()

    assert not result.taken_up
    [old] = world.rows("SELECT status, problem FROM listings WHERE run_id = 'old'")
    assert old["status"] == "incomplete"
    assert "abandoned" in str(old["problem"])


def test_an_approved_census_is_a_new_one(world: World) -> None:
    world.service.items = numbered(spread(3))
    world.execute("INSERT INTO listings (kind, purpose, run_id, started_at) VALUES ('movie', 'census', 'old', now())")

    result = world.census(approved_deletions=4)

    assert not result.taken_up
    assert world.rows("SELECT approved_deletions FROM listings WHERE run_id = 'run'") == [{"approved_deletions": 4}]


@pytest.mark.parametrize("cut", range(1, 24))
def test_a_closing_window_that_was_divided_and_cut_off_is_read_to_its_end(world: World, cut: int) -> None:
    world.service.items = numbered(spread(100))
    world.merged()
    began = int(now().timestamp())
    changed = sorted(world.service.items)[:60]
    window: list[int] = []

    def change_and_cut(number: int) -> None:
        asked = world.service.asked[-1]
        if not window and "toUpdateDate" not in asked and int(asked.get("fromUpdateDate", 0)) > began - 2 * 86_400:
            window.append(number)
            for place, content_id in enumerate(changed):
                world.service.touch(content_id, began - 3_000 + place * 20)
        if window and number >= window[0] + cut:
            raise ServiceUnreachable("gone", "hotstar")

    world.service.before = change_and_cut
    with pytest.raises(ServiceUnreachable):
        world.census()
    world.service.before = lambda _: None
    assert world.census().status == "complete"
    assert world.rows("SELECT filters FROM parts WHERE proven_at IS NULL AND NOT dropped") == []
    newest = world.newest()
    assert [newest[content_id].get("updateDate") for content_id in changed] == [
        world.service.items[content_id].update for content_id in changed
    ]


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_part_read_again_is_not_proven_by_its_old_reading(world: World, cut: int) -> None:
    world.service.items = numbered(spread(60))
    cut_off(world, 15)
    world.execute("UPDATE pages SET sent_at = sent_at - interval '7 hours'")
    world.execute("UPDATE listings SET started_at = started_at - interval '7 hours'")
    proven = world.rows("SELECT filters FROM parts WHERE role = 'part' AND proven_at IS NOT NULL ORDER BY part_id")
    last = int(str(proven[0]["filters"]["toUpdateDate"]))  # type: ignore[index]
    gone = next(content_id for content_id, item in world.service.items.items() if (item.update or 0) <= last)
    world.service.items["99999999"] = world.service.items.pop(gone)
    cut_off(world, cut)
    assert world.census().status == "complete"
    assert "99999999" in world.newest()
    assert world.rows("SELECT filters FROM parts WHERE role = 'part' AND proven_at IS NULL AND NOT dropped") == []
