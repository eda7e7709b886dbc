"""Censuses and update windows against a service in memory: what they ask, store, prove and refuse."""

from datetime import timedelta

import psycopg
import pytest
import zstandard

from catalog_assets.hotstar.coverage import covered_until, holes
from catalog_assets.hotstar.kinds import MOVIE
from resources.errors import AlreadyRunning, ServiceUnreachable
from tests.hotstar.memory_service import Item, MemoryService, numbered
from tests.hotstar.world import DAY, World, days_ago, now, spread


def films() -> list[Item]:
    """51,495 items as hard on a client as the real films may be: crowded seconds, missing dates, dates far off."""
    items = []
    for number in range(51_495):
        scattered = number * 7919**2
        update: int | None = days_ago(2) - scattered % 126_000_000
        start: int | None = days_ago(2) - scattered // 7 % 900_000_000
        if number < 12_000:
            start = 1_427_826_600
        elif number < 12_103:
            start = None
        elif number < 14_680:
            start = 32_535_072_000
        if 10_000 <= number < 21_000:
            update = 1_676_006_130
        elif 21_000 <= number < 21_040:
            update, start = None, 1_340_000_000 + number
        elif 21_040 <= number < 21_050:
            update = 0
        items.append(Item(update, start, (True, False, None)[number % 3]))
    return items


def test_all_films_take_sixty_requests_at_first_and_fifty_six_when_their_dates_are_known(world: World) -> None:
    world.service = MemoryService(numbered(films()), still=True)

    first = world.census()
    world.merged()
    later = world.census()

    assert (first.status, first.total, first.distinct_ids) == ("complete", 51_495, 51_495)
    assert (later.status, later.total, later.distinct_ids) == ("complete", 51_495, 51_495)
    assert first.requests <= 60
    assert later.requests <= 56
    assert max(first.requests_apart, later.requests_apart) <= 25


def test_a_kind_that_paging_reaches_whole_is_one_part_without_filters(world: World) -> None:
    world.service.items = numbered([*spread(20), Item(None, None)])

    result = world.census()

    assert (result.status, result.total, result.distinct_ids) == ("complete", 21, 21)
    parts = world.rows("SELECT role, filters FROM parts WHERE NOT dropped ORDER BY part_id")
    assert [part["role"] for part in parts] == ["part", "window"]
    assert parts[0]["filters"] == {}


def test_a_census_covers_an_hour_before_it_began_until_its_closing_window(world: World) -> None:
    world.service.items = numbered(spread(60))

    world.census()

    [row] = world.rows(
        "SELECT lower(covered) = started_at - interval '1 hour' AS begins,"
        " upper(covered) = (SELECT max(sent_at) FROM pages) AS ends FROM coverage JOIN listings USING (listing_id)"
    )
    assert row == {"begins": True, "ends": True}


def test_every_answer_is_stored_byte_for_byte_with_its_request(world: World) -> None:
    world.service.items = numbered(spread(40))

    world.census(run_id="run 7")

    pages = world.rows("SELECT params, body, body_bytes, run_id, sent_at <= received_at AS timed FROM pages")
    assert sorted(zstandard.decompress(page["body"]) for page in pages) == sorted(world.service.answered)  # type: ignore[arg-type]
    assert {str(sorted(params.items())) for params in world.service.asked} == {
        str(sorted(page["params"].items()))  # type: ignore[attr-defined]
        for page in pages
    }
    assert all(page["run_id"] == "run 7" and page["timed"] for page in pages)


def test_items_without_update_time_are_found_by_start_time_and_counted_apart(world: World) -> None:
    world.service.items = numbered([*spread(60), Item(None, 17), Item(None, 17), Item(None, 45)])

    result = world.census()

    assert (result.status, result.total, result.distinct_ids) == ("complete", 63, 63)
    [listing] = world.rows("SELECT found_apart, moved, requests, requests_apart FROM listings")
    assert listing["found_apart"] == 3
    assert listing["requests"] == result.requests
    assert result.requests + result.requests_apart == len(world.service.asked)


def test_an_item_with_neither_date_is_found_where_paging_reaches_it(world: World) -> None:
    world.service.items = numbered([*spread(40), Item(None, None, premium=True)])

    result = world.census()

    assert (result.status, result.distinct_ids) == ("complete", 41)


def test_items_that_no_filter_reaches_leave_the_census_incomplete_and_are_named(world: World) -> None:
    middle = {f"{number:04d}": Item(None, None) for number in range(100, 200)}
    world.service.items = {**{f"{n:04d}": Item(days_ago(n + 1), n) for n in range(100)}, **middle}
    world.service.items |= {f"{number:04d}": Item(days_ago(number), number) for number in range(200, 300)}

    result = world.census()

    assert result.status == "incomplete"
    assert "items without update time are reached by no filter" in str(result.problem)
    assert world.rows("SELECT FROM coverage") == []


def test_a_second_that_overflows_is_split_by_start_time(world: World) -> None:
    second = days_ago(30)
    world.service.items = numbered([*spread(40), *(Item(second, number) for number in range(70))])

    result = world.census()

    assert (result.status, result.distinct_ids) == ("complete", 110)
    assert world.rows("SELECT exempt FROM start_date_uses") == [{"exempt": "first load"}]


def test_a_second_that_overflows_is_split_by_premium_where_start_time_is_one_too(world: World) -> None:
    second = days_ago(30)
    world.service.items = numbered([*spread(40), *(Item(second, 7, premium=number % 2 == 0) for number in range(48))])

    result = world.census()

    assert (result.status, result.distinct_ids) == ("complete", 88)


def test_a_second_that_nothing_divides_is_named(world: World) -> None:
    second = days_ago(30)
    world.service.items = numbered([*spread(40), *(Item(second, 7, premium=True) for _ in range(60))])

    result = world.census()

    assert result.status == "incomplete"
    assert f"fromUpdateDate={second} toUpdateDate={second}" in str(result.problem)
    assert "no filter divides them" in str(result.problem)


def test_duplicates_of_the_service_are_counted_and_subtracted(world: World) -> None:
    world.service.items = numbered(spread(12))
    world.service.doubled = frozenset(sorted(world.service.items)[3:5])

    result = world.census()

    assert (result.status, result.total, result.distinct_ids, result.duplicates) == ("complete", 14, 12, 2)


def test_known_dates_need_no_sample(world: World) -> None:
    world.service.items = numbered(spread(200))
    world.merged()

    result = world.census()

    assert result.status == "complete"
    # 200 items fill 50 overlapping pages, of which each of 10 parts may waste one; the closing window is one more.
    assert result.requests <= 50 + 10 + 1
    assert result.requests_apart == 3
    assert world.rows("SELECT FROM parts WHERE role = 'root'") == []


def test_a_census_of_nothing_where_items_were_is_not_complete(world: World) -> None:
    world.service.items = numbered(spread(3))
    world.merged()
    world.service.items = {}

    result = world.census()

    assert result.status == "incomplete"
    assert "3 items are known" in str(result.problem)


def test_an_item_updated_while_the_census_runs_is_listed_by_the_closing_window(world: World) -> None:
    world.service.items = numbered(spread(60))
    moved = sorted(world.service.items)[30]
    second = int(now().timestamp()) + 1

    def before(number: int) -> None:
        if number == 12:
            world.service.touch(moved, second)

    world.service.before = before

    result = world.census()

    assert (result.status, result.problem) == ("complete", None)
    assert moved.encode() in world.service.answered[-1]
    [listing] = world.rows("SELECT total, moved, found_apart FROM listings")
    [held] = world.rows("SELECT sum(total) AS items FROM parts WHERE role = 'part' AND NOT dropped")
    assert listing["total"] == held["items"] + listing["found_apart"] - listing["moved"]  # type: ignore[operator]


def test_a_page_that_cannot_be_read_is_stored_and_asked_for_again(world: World) -> None:
    world.service.items = numbered(spread(12))
    world.service.spoil = lambda number, body: body[:-30] if number == 2 else body

    result = world.census()

    assert result.status == "complete"
    assert len(world.rows("SELECT FROM pages WHERE NOT readable")) == 1
    assert len({(page["descending"], page["page_offset"]) for page in world.rows("SELECT * FROM pages")}) == 3


def test_a_page_that_is_never_readable_leaves_the_census_incomplete(world: World) -> None:
    world.service.items = numbered(spread(12))
    world.service.spoil = lambda _, __: b"<html>Sorry</html>"

    result = world.census()

    assert result.status == "incomplete"
    assert "could not be read 3 times: the answer is not a listing" in str(result.problem)


def test_filters_by_start_date_are_used_twice_a_week_at_most(world: World) -> None:
    world.service.items = numbered([*spread(60), Item(None, 17)])
    world.census()

    statuses = [world.census().status for _ in range(2)]
    refused = world.census()

    assert statuses == ["complete", "complete"]
    assert refused.status == "incomplete"
    assert "the next is allowed at" in str(refused.problem)
    assert not any("fromStartDate" in params or "toStartDate" in params for params in world.service.asked[-30:])
    assert world.census(approved_deletions=1).status == "complete"


def test_a_second_census_beside_the_first_is_refused(world: World) -> None:
    world.service.items = numbered(spread(3))

    with psycopg.connect(world.url) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('hotstar.census'), hashtext('movie'))")

        with pytest.raises(AlreadyRunning, match="wait until it has ended"):
            world.census()
        other.execute("SELECT pg_advisory_unlock_all()")

    assert world.service.asked == []
    assert world.census().status == "complete"


def test_updates_are_listed_beside_a_census(world: World) -> None:
    world.service.items = numbered(spread(3))
    with psycopg.connect(world.url) as other:
        other.execute("SELECT pg_advisory_lock(hashtext('hotstar.census'), hashtext('movie'))")

        assert world.updates(now() - DAY, now()).status == "complete"


def test_a_window_of_one_page_takes_one_request(world: World) -> None:
    world.service.items = numbered([*spread(60), *(Item(days_ago(0.1), number) for number in range(5))])

    result = world.updates(now() - DAY / 2, now() + DAY / 2)

    assert (result.status, result.total, result.requests) == ("complete", 5, 1)
    [asked] = world.service.asked
    assert "fromUpdateDate" in asked
    assert "toUpdateDate" in asked


def test_a_window_longer_than_paging_is_read_in_parts(world: World) -> None:
    world.service.items = numbered(Item(days_ago(0.1) + number, number) for number in range(100))

    result = world.updates(now() - DAY, now() + DAY / 2)

    assert (result.status, result.total, result.distinct_ids) == ("complete", 100, 100)


def test_the_next_poll_of_a_day_begins_an_hour_before_what_is_covered(world: World) -> None:
    world.service.items = numbered(spread(3))
    start, end = now() - DAY / 2, now() + DAY / 2
    world.updates(start, end)

    world.updates(start, end)

    first, second = (int(params["fromUpdateDate"]) for params in world.service.asked)
    assert first == int((start - timedelta(hours=1)).timestamp())
    assert abs(second - (now() - timedelta(hours=1)).timestamp()) < 30


def test_a_poll_begins_where_the_day_has_its_first_hole(world: World) -> None:
    world.service.items = numbered(spread(3))
    start, end = now() - DAY / 2, now() + DAY / 2
    world.execute(
        "WITH l AS (INSERT INTO listings (kind, purpose, run_id, started_at, completed_at, status)"
        " VALUES ('movie', 'update', 'old', now(), now(), 'complete') RETURNING listing_id)"
        " INSERT INTO coverage (kind, covered, listing_id)"
        " SELECT 'movie', tstzrange(now() - interval '2 hours', now()), listing_id FROM l"
    )

    world.updates(start, end)

    assert int(world.service.asked[0]["fromUpdateDate"]) == int((start - timedelta(hours=1)).timestamp())


def test_a_day_that_is_over_is_listed_whole(world: World) -> None:
    start = now().replace(microsecond=0) - 3 * DAY

    world.updates(start, start + DAY)

    [asked] = world.service.asked
    assert int(asked["fromUpdateDate"]) == int((start - timedelta(hours=1)).timestamp())
    assert int(asked["toUpdateDate"]) == int((start + DAY).timestamp()) - 1
    [row] = world.rows("SELECT upper(covered) AS until FROM coverage")
    assert row["until"] == start + DAY


def test_a_hole_is_what_nothing_listed_since_the_newest_census(world: World) -> None:
    world.service.items = numbered(spread(3))
    world.census()
    with psycopg.connect(world.url) as connection:
        assert holes(connection, MOVIE) == []
    world.execute("UPDATE listings SET started_at = started_at - interval '5 hours', completed_at = now()")
    world.execute(
        "UPDATE coverage"
        " SET covered = tstzrange(lower(covered) - interval '5 hours', upper(covered) - interval '5 hours')"
    )

    world.updates(now() - timedelta(hours=1), now())

    with psycopg.connect(world.url) as connection:
        [hole] = holes(connection, MOVIE)
        until = covered_until(connection, MOVIE)
    assert timedelta(hours=2, minutes=59) < hole.end - hole.start < timedelta(hours=3, minutes=1)
    assert until is not None
    assert abs(until - now()) < timedelta(minutes=1)


def test_a_failed_poll_covers_nothing(world: World) -> None:
    def before(_: int) -> None:
        raise ServiceUnreachable("gone", "hotstar")

    world.service.before = before

    with pytest.raises(ServiceUnreachable):
        world.updates(now() - DAY, now())

    assert world.rows("SELECT FROM coverage") == []


@pytest.mark.parametrize("beyond", [2**63 + 5, 10**23])
def test_a_number_that_no_column_holds_stops_no_listing(world: World, beyond: int) -> None:
    world.service.items = numbered([*spread(12), Item(days_ago(0.1), 2**63 + 5)])
    assert world.census().status == "complete"
    world.service.spoil = lambda number, body: (
        body.replace(b'"totalResults":13', b'"totalResults":%d' % beyond) if number % 3 == 0 else body
    )
    assert world.census().status == "complete"
    assert world.updates(now() - DAY / 2, now() + DAY / 2).status == "complete"


def test_the_poll_at_midnight_goes_on_from_where_the_evenings_ended(world: World) -> None:
    world.service.items = numbered(spread(10))
    world.census()
    world.execute("UPDATE listings SET started_at = started_at - interval '2 days'")
    world.execute("UPDATE coverage SET covered = tstzrange(now() - interval '3 days', now() - interval '4 hours')")
    midnight = now() - timedelta(seconds=30)
    assert world.updates(midnight, midnight + DAY).status == "complete"
    with psycopg.connect(world.url) as connection:
        assert holes(connection, MOVIE) == []


def test_a_clock_set_back_while_a_census_reads_puts_no_page_before_its_beginning(world: World) -> None:
    world.service.items = numbered(spread(60))
    world.service.lag = timedelta(hours=2)  # the service client's clock is the database's: both are behind now
    assert world.census().status == "complete"
    early = "SELECT page_id FROM pages AS g JOIN listings AS l USING (listing_id) WHERE g.sent_at < l.started_at"
    assert world.rows(early) == []
