"""Nothing of TMDB is kept beyond what its terms allow, and what is refreshed in time stays."""

from collections.abc import Callable
from datetime import timedelta

import psycopg

from catalog_assets.jobs import RETENTION
from catalog_assets.tmdb.retention import KEPT_FOR, Removed, count_pages, remove_expired
from catalog_assets.tmdb.retention_asset import RETAINED_ANSWERS, RETAINED_CHECKS
from tests.tmdb.platform import Jobs, Tmdb

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


def too_old(tmdb: Tmdb) -> list[str]:
    return [offender for check in RETAINED_CHECKS for offender in check.offenders(tmdb.connection)]


def test_what_is_within_the_terms_stays(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover("popular", most=10)
    tmdb.refresh()
    tmdb.merge()
    before = count_pages(tmdb.connection)
    shift_clock(tmdb.connection, KEPT_FOR - timedelta(hours=1))
    assert remove_expired(tmdb.connection) == Removed(0, 0, 0)
    assert count_pages(tmdb.connection) == before


def test_works_that_are_refreshed_in_time_lose_only_their_old_pages(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover("popular", most=10)
    tmdb.refresh()
    tmdb.merge()
    shift_clock(tmdb.connection, timedelta(days=151))
    assert tmdb.refresh().fetched == 10
    tmdb.merge()
    shift_clock(tmdb.connection, timedelta(days=181))
    assert too_old(tmdb)
    removed = remove_expired(tmdb.connection)
    assert (removed.works, removed.pages) == (0, 11)
    assert too_old(tmdb) == []
    assert tmdb.one("SELECT count(*) FROM works_meta") == 10


def test_what_could_not_be_fetched_for_months_goes_and_is_due_again(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    gone, *_ = tmdb.ids()
    tmdb.want(gone)
    tmdb.discover("popular", most=30)
    tmdb.refresh()
    tmdb.merge()
    kept = tmdb.one("SELECT count(*) FROM works_meta")
    tmdb.sandbox.control(do="tmdb_remove", ids=[gone])
    (work,) = tmdb.want(gone)
    tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now() WHERE work_id = %s", (work,))
    assert tmdb.refresh().gone == 1
    shift_clock(tmdb.connection, timedelta(days=181))
    removed = remove_expired(tmdb.connection)
    assert removed.works == kept
    assert too_old(tmdb) == []
    assert count_pages(tmdb.connection).pages == 0
    tables = (
        "contents",
        "details",
        "rating_sources",
        "aggregates",
        "similar_movies",
        "work_cards_cache",
        "list_entries",
    )
    assert [tmdb.one(f"SELECT count(*) FROM tmdb.{table}") for table in tables] == [0] * len(tables)  # noqa: S608
    assert tmdb.one("SELECT count(*) FROM refresh_queue WHERE reasons = '{never fetched}'") == kept - 1
    assert tmdb.refresh().fetched == kept - 1
    tmdb.merge()
    assert tmdb.one("SELECT count(*) FROM works_meta") == kept - 1


def test_an_answer_that_no_merge_took_goes_too(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover("popular", most=5)
    tmdb.refresh()
    shift_clock(tmdb.connection, timedelta(days=181))
    assert remove_expired(tmdb.connection).pages == 6
    assert tmdb.one("SELECT count(*) FROM refresh_queue WHERE status = 'queued'") == 5


def test_a_lent_block_goes_alone_and_the_work_stays(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.refresh()
    tmdb.merge()
    assert tmdb.one("SELECT cardinality(keywords) + jsonb_array_length(cast_members) FROM works_meta") > 0
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", without=["keywords", "credits"], times=None)
    shift_clock(tmdb.connection, timedelta(days=160))
    assert tmdb.refresh().incomplete == 1
    tmdb.merge()
    assert tmdb.one("SELECT jsonb_array_length(cast_members) FROM works_meta") > 0
    shift_clock(tmdb.connection, timedelta(days=181))
    assert too_old(tmdb)
    assert remove_expired(tmdb.connection).works == 0
    assert too_old(tmdb) == []
    assert tmdb.rows("SELECT keywords, cast_members FROM works_meta") == [([], [])]
    assert tmdb.one("SELECT count(*) FROM work_cards_cache") == 1


def test_an_answer_that_came_before_retention_and_is_merged_after_it_is_not_asked_for_again(
    tmdb: Tmdb, shift_clock: ShiftClock
) -> None:
    tmdb.discover("popular", most=3)
    tmdb.refresh()
    tmdb.merge()
    shift_clock(tmdb.connection, timedelta(days=176))
    assert tmdb.refresh().fetched == 3
    remove_expired(tmdb.connection)
    tmdb.merge()
    assert tmdb.refresh().asked == 0
    assert tmdb.one("SELECT count(*) FROM works_meta") == 3


def test_the_job_of_retention_removes_and_checks(jobs: Jobs, shift_clock: ShiftClock) -> None:
    tmdb = jobs.tmdb
    tmdb.discover("popular", most=5)
    shift_clock(tmdb.connection, timedelta(days=181))
    result = jobs.definitions.resolve_job_def(RETENTION).execute_in_process(
        instance=jobs.instance, raise_on_error=False, asset_selection=[RETAINED_ANSWERS]
    )
    assert result.success
    assert {found.check_name: found.passed for found in result.get_asset_check_evaluations()} == {
        "nothing_kept_too_long": True
    }
    assert count_pages(tmdb.connection).pages == 0
