"""Pages become tables: what a merge writes, keeps and refuses, on real PostgreSQL."""

import random
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from catalog_assets.hotstar import merge
from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.replay import replay
from tests.hotstar.stored import START, body_of, film, merged, rows, store_films, store_listing, store_page

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_first_load_inserts_and_the_same_pages_again_change_nothing(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(5)], purpose="census")
    first = merged(source)
    before = rows(source, "SELECT content_id, updated_at, last_synced_at FROM hotstar_movies ORDER BY 1")
    store_films(source, [film(n) for n in range(5)], purpose="census", at=START + DAY)
    second = merged(source)
    after = rows(source, "SELECT content_id, updated_at, last_synced_at FROM hotstar_movies ORDER BY 1")
    assert (first.inserted, first.unchanged) == (5, 0)
    assert (second.inserted, second.updated, second.unchanged) == (0, 0, 5)
    assert [row[:2] for row in before] == [row[:2] for row in after]
    assert all(late[2] - early[2] == DAY for early, late in zip(before, after, strict=True))


@pytest.mark.parametrize("at_once", [1, 2])
def test_when_an_item_changed_does_not_depend_on_how_many_pages_are_merged_together(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    store_films(source, [film(1), film(2)])
    merged(source)
    for day in (8, 7):
        store_films(source, [film(1, title="B"), film(3)], at=START + day * DAY)
    monkeypatch.setattr(merge, "PAGES_AT_ONCE", at_once)
    merged(source)
    changed = "SELECT updated_at FROM hotstar_movies ORDER BY content_id"
    assert rows(source, changed) == [(START + 7 * DAY,), (START,), (START + 7 * DAY,)]
    assert replay(source, MOVIE).differences == 0


def test_a_merge_without_new_pages_changes_nothing(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    merged(source)
    again = merged(source)
    assert (again.pages, again.seen, again.inserted, again.updated) == (0, 0, 0, 0)


def test_what_changed_from_when_to_when_is_kept(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    merged(source)
    store_films(source, [film(1, title="Renamed")], at=START + DAY)
    assert merged(source).updated == 1
    versions = rows(source, "SELECT valid_from, valid_to, changed FROM hotstar_movie_versions ORDER BY valid_from")
    assert versions == [
        (START, START + DAY, None),
        (START + DAY, None, {"title": {"old": "Film 1", "new": "Renamed"}}),
    ]


def test_a_page_merged_late_enters_the_versions_where_its_time_puts_it(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    merged(source)
    store_films(source, [film(1)], at=START + 2 * DAY)
    merged(source)
    store_films(source, [film(1, year=1999)], at=START + DAY)
    late = merged(source)
    assert (late.inserted, late.updated) == (0, 0)
    assert rows(source, "SELECT valid_from, valid_to, item -> 'year' FROM hotstar_movie_versions ORDER BY 1") == [
        (START, START + DAY, None),
        (START + DAY, START + 2 * DAY, 1999),
        (START + 2 * DAY, None, None),
    ]
    assert rows(source, "SELECT year FROM hotstar_movies") == [(None,)]


def test_an_update_time_that_goes_back_is_counted_and_taken(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    merged(source)
    store_films(source, [film(1, updateDate=5)], at=START + DAY)
    assert merged(source).went_back == 1
    assert rows(source, "SELECT api_update_date FROM hotstar_movies") == [(5,)]


def test_missing_needs_a_complete_census_an_hour_after_the_last_sighting(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    store_films(source, [film(n) for n in range(1, 20)], purpose="census", at=START + DAY, status="incomplete")
    assert merged(source).deleted == 0
    store_films(source, [film(0)], at=START + 2 * DAY)
    store_films(source, [film(n) for n in range(1, 20)], purpose="census", at=START + 2 * DAY + HOUR / 2)
    assert merged(source).deleted == 0
    store_films(source, [film(n) for n in range(1, 20)], purpose="census", at=START + 3 * DAY)
    assert merged(source).deleted == 1
    assert rows(source, "SELECT content_id, deletion_reason, deleted_at FROM hotstar_movies WHERE is_deleted") == [
        ("1000", "missing", START + 3 * DAY + timedelta(minutes=1))
    ]


def test_a_missing_film_that_is_listed_again_is_restored_and_history_shows_it(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    store_films(source, [film(n) for n in range(1, 20)], purpose="census", at=START + DAY)
    merged(source)
    store_films(source, [film(0)], at=START + 2 * DAY)
    assert merged(source).restored == 1
    assert rows(source, "SELECT count(*) FROM hotstar_movies WHERE is_deleted") == [(0,)]
    assert rows(source, "SELECT event, reason FROM hotstar.deletion_events ORDER BY merge_id") == [
        ("deleted", "missing"),
        ("restored", "missing"),
    ]


def test_unpublished_and_expired_films_are_deleted_and_come_back(source: psycopg.Connection) -> None:
    ended = int((START - DAY).timestamp())
    store_films(source, [film(1), film(2), film(3)])
    merged(source)
    store_films(source, [film(1, assetStatus="UNPUBLISHED"), film(2, endDate=ended)], at=START + DAY)
    assert merged(source).deleted == 2
    assert rows(source, "SELECT content_id, deletion_reason FROM hotstar_movies WHERE is_deleted ORDER BY 1") == [
        ("1001", "unpublished"),
        ("1002", "expired"),
    ]
    store_films(source, [film(1), film(2)], at=START + 2 * DAY)
    assert merged(source).restored == 2


@pytest.mark.parametrize("end", [None, 0, -5, 4_102_424_940, 32_535_100_799])
def test_sentinel_end_dates_mean_no_end(source: psycopg.Connection, end: int | None) -> None:
    store_films(source, [film(1, endDate=end)])
    merged(source)
    assert rows(source, "SELECT is_deleted FROM hotstar_movies") == [(False,)]


def test_a_film_expires_by_the_clock_without_a_new_page(source: psycopg.Connection, shift_clock: Any) -> None:
    soon = rows(source, "SELECT extract(epoch FROM ops.now())::bigint + 3600")[0][0]
    store_films(source, [film(1, endDate=soon)])
    assert merged(source).deleted == 0
    shift_clock(source, 2 * HOUR)
    assert merged(source).deleted == 1


def test_too_many_deletions_are_withheld_and_everything_else_is_merged(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(100)], purpose="census")
    merged(source)
    store_films(source, [film(n, year=1990) for n in range(80)], purpose="census", at=START + DAY)
    result = merged(source)
    assert (result.updated, result.deleted, result.withheld) == (80, 0, 20)
    assert rows(source, "SELECT count(*), min(title), min(reason) FROM hotstar.withheld_deletions") == [
        (20, "Film 80", "missing")
    ]
    assert merged(source).withheld == 20


def test_an_approval_applies_up_to_its_count(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(100)], purpose="census")
    merged(source)
    store_films(source, [film(n) for n in range(80)], purpose="census", at=START + DAY, approved=19)
    assert merged(source).withheld == 20
    store_films(source, [film(n) for n in range(80)], purpose="census", at=START + 2 * DAY, approved=20)
    result = merged(source)
    assert (result.withheld, result.deleted) == (0, 20)


def test_an_approval_is_for_its_own_census(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(100)], purpose="census")
    merged(source)
    store_films(source, [film(n) for n in range(60)], purpose="census", at=START + DAY)
    assert merged(source).withheld == 40
    garbled = {**film(70), "contentId": None}
    store_films(source, [*(film(n) for n in range(60)), garbled], purpose="census", at=START + 2 * DAY, approved=40)
    assert (merged(source).deleted, merged(source).withheld) == (0, 40)


def test_a_census_that_ends_while_a_merge_computes_deletes_nothing_before_its_last_page_is_merged(
    source: psycopg.Connection, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store_films(source, [film(n) for n in range(100)], purpose="census")
    merged(source)
    listing = store_listing(source, purpose="census", at=START + DAY, status="running")
    store_page(source, listing, body_of([film(n) for n in range(95)]), at=START + DAY)
    merge_batches = merge._merge_batches

    def while_the_census_ends(*given: Any) -> None:
        with psycopg.connect(source_url, autocommit=True) as other:
            store_page(other, listing, body_of([film(n) for n in range(95, 100)]), at=START + DAY)
            other.execute(
                "UPDATE hotstar.listings SET status = 'complete', completed_at = %s WHERE listing_id = %s",
                (START + DAY + HOUR, listing),
            )
        merge_batches(*given)

    with monkeypatch.context() as context:
        context.setattr(merge, "_merge_batches", while_the_census_ends)
        assert merged(source).deleted == 0
    assert (merged(source).deleted, merged(source).restored) == (0, 0)


def test_a_census_merged_after_a_newer_one_dates_what_it_missed(source: psycopg.Connection) -> None:
    late = store_listing(source, purpose="census", at=START + DAY)
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    store_films(source, [film(n) for n in range(1, 20)], purpose="census", at=START + 2 * DAY)
    merged(source)
    store_page(source, late, body_of([film(n) for n in range(1, 20)]), at=START + DAY)
    merged(source)
    deleted = rows(source, "SELECT deletion_reason, deleted_at FROM hotstar_movies WHERE is_deleted")
    assert deleted == [("missing", START + DAY + timedelta(minutes=1))]


def test_a_census_taken_by_a_clock_a_day_ahead_deletes_nothing_new(source: psycopg.Connection) -> None:
    now = datetime.now(UTC)
    store_films(source, [film(n) for n in range(20)], purpose="census", at=now + DAY)
    merged(source)
    store_films(source, [film(n) for n in range(20, 40)], at=now)
    assert (merged(source).inserted, rows(source, "SELECT count(*) FROM hotstar_movies WHERE is_deleted")) == (
        20,
        [(0,)],
    )


def test_what_expired_by_a_clock_that_was_set_back_is_active_again(
    source: psycopg.Connection, shift_clock: Callable[[psycopg.Connection, timedelta], None]
) -> None:
    ends = int((datetime.now(UTC) + 30 * DAY).timestamp())
    store_films(source, [film(1, endDate=ends), film(2)])
    merged(source)
    shift_clock(source, 365 * DAY)
    assert merged(source).deleted == 1
    shift_clock(source, timedelta(0))
    assert merged(source).restored == 1


@pytest.mark.parametrize("field", ["contentId", "assetStatus"])
def test_a_text_that_no_index_can_hold_rejects_its_item(source: psycopg.Connection, field: str) -> None:
    overlong = "".join(random.Random(1).choices(string.ascii_lowercase, k=9_000))  # noqa: S311 - repeatable on purpose
    store_films(source, [film(1), film(2, **{field: overlong})])
    result = merged(source)
    assert (result.inserted, result.rejected) == (1, 1)


def test_checks_of_a_run_do_not_judge_a_census_that_ended_after_its_merge(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    source.execute("UPDATE hotstar.parts SET proven_at = started_at, distinct_ids = 20, total = 20")
    source.execute("UPDATE hotstar.listings SET total = 20, distinct_ids = 20")
    store_films(source, [film(n) for n in range(10)], purpose="census", at=datetime.now(UTC))
    source.execute(
        "UPDATE hotstar.parts SET proven_at = started_at, distinct_ids = 10, total = 10 WHERE proven_at IS NULL"
    )
    source.execute("UPDATE hotstar.listings SET total = 10, distinct_ids = 10 WHERE total = 0")
    assert failed(source) <= {"census_near_median"}


def failed(connection: psycopg.Connection) -> set[str]:
    return {check.name for check in CHECKS if check.offenders(connection, MOVIE)}


def test_the_guard_counts_all_reasons_together(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(30)], purpose="census")
    merged(source)
    changed = [film(n, assetStatus="UNPUBLISHED") for n in range(6)]
    store_films(source, [*changed, *(film(n) for n in range(6, 24))], purpose="census", at=START + DAY)
    assert merged(source).withheld == 12


def test_a_census_with_an_item_without_readable_id_deletes_nothing(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    store_films(source, [*(film(n) for n in range(19)), film(19, contentId=None)], purpose="census", at=START + DAY)
    result = merged(source)
    assert (result.deleted, result.withheld, result.rejected) == (0, 0, 1)


def test_a_rejected_film_counts_as_seen(source: psycopg.Connection) -> None:
    store_films(source, [film(n) for n in range(20)], purpose="census")
    merged(source)
    store_films(source, [*(film(n) for n in range(19)), film(19, title=7)], purpose="census", at=START + DAY)
    result = merged(source)
    assert (result.deleted, result.rejected) == (0, 1)
    assert rows(source, "SELECT title, is_deleted FROM hotstar_movies WHERE content_id = '1019'") == [
        ("Film 19", False)
    ]


BAD = {
    "wrong type": (b'{"id":"x","contentId":"b","title":"t"}', "id"),
    "NUL": (b'{"id":1,"contentId":"b","title":"a\\u0000b"}', "NUL"),
    "lone surrogate": (b'{"id":1,"contentId":"b","title":"a\\ud800b"}', "invalid character"),
    "invalid byte": (b'{"id":1,"contentId":"b","title":"a\xffb"}', "invalid character"),
    "NaN": (b'{"id":1,"contentId":"b","title":"t","x":NaN}', "not finite"),
    "infinite": (b'{"id":1,"contentId":"b","title":"t","x":1e400}', "not finite"),
    "24 digits": (b'{"id":1,"contentId":"b","title":"t","x":123456789012345678901234}', "64 bits"),
    "no title": (b'{"id":1,"contentId":"b"}', "title"),
    "not an object": (b"7", "not an object"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_costs_itself_alone(source: psycopg.Connection, name: str) -> None:
    bad, reason = BAD[name]
    good = [b'{"id":2,"contentId":"a","title":"before"}', b'{"id":3,"contentId":"c","title":"after"}']
    page = b'{"body":{"results":{"items":[' + b",".join([good[0], bad, good[1]]) + b'],"totalResults":3}}}'
    store_page(source, store_listing(source), page)
    result = merged(source)
    assert (result.inserted, result.rejected) == (2, 1)
    assert rows(source, "SELECT title FROM hotstar_movies ORDER BY content_id") == [("before",), ("after",)]
    kept = rows(source, "SELECT reason, body, position FROM hotstar.rejected_items")[0]
    assert reason in kept[0]
    assert kept[1:] == (bad, 1)


@pytest.mark.parametrize(
    ("body", "films"),
    [
        (b'{"body":{"results":{"totalResults":9,"items":[{"id":2,"contentId":"a","title":"whole"},{"id":3,"con', 1),
        (b"<html>gateway</html>", 0),
        (b"", 0),
        (b'{"body":{"results":{"items":{},"totalResults":1}}}', 0),
        (b"[" * 5000, 0),
    ],
)
def test_what_can_be_saved_of_a_damaged_page_is_saved(source: psycopg.Connection, body: bytes, films: int) -> None:
    store_page(source, store_listing(source), body)
    result = merged(source)
    assert (result.inserted, result.rejected) == (films, 1)


def test_a_long_title_and_an_unknown_field_are_kept(source: psycopg.Connection) -> None:
    store_films(source, [film(1, title="x" * 501, brandNew={"a": [1]})])
    merged(source)
    assert rows(source, "SELECT length(title), raw_response -> 'brandNew' FROM hotstar_movies") == [(501, {"a": [1]})]


def test_an_explicit_null_is_sql_null(source: psycopg.Connection) -> None:
    store_films(source, [film(1, genre=None)])
    merged(source)
    assert rows(source, "SELECT genre IS NULL, actors IS NULL FROM hotstar_movies") == [(True, True)]


def test_an_id_twice_on_a_page_is_one_film_and_the_later_place_wins(source: psycopg.Connection) -> None:
    store_films(source, [film(1), film(1, title="Later")])
    assert merged(source).inserted == 1
    assert rows(source, "SELECT title FROM hotstar_movies") == [("Later",)]


def test_a_reissued_internal_id_is_counted_and_both_films_are_kept(source: psycopg.Connection) -> None:
    store_films(source, [film(1), film(2, id=1)])
    assert (merged(source).reissued, rows(source, "SELECT count(*) FROM hotstar_movies")) == (1, [(2,)])


def test_an_integer_content_id_is_text_and_an_internal_id_may_be_wide(source: psycopg.Connection) -> None:
    store_films(source, [film(1, contentId=77, id=2**40)])
    merged(source)
    assert rows(source, "SELECT content_id, hotstar_id FROM hotstar_movies") == [("77", 2**40)]


@pytest.mark.parametrize(
    ("title", "is_test"),
    [
        ("HES Automation Movie 5", True),
        ("Automation Movie 12", True),
        ("Test match", False),
        ("India v Australia, 3rd Test", False),
        ("The Contest", False),
        ("Greatest", False),
        ("Latest Automation of Love", False),
    ],
)
def test_test_entries_are_flagged_by_word_bound_rules(source: psycopg.Connection, title: str, is_test: bool) -> None:
    store_films(source, [film(1, title=title)])
    merged(source)
    assert rows(source, "SELECT is_test FROM hotstar_movies") == [(is_test,)]
