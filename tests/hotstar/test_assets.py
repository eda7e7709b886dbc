"""The films' jobs end to end: the sandbox over HTTP, real PostgreSQL, and tables that equal the truth."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import dagster as dg
import psycopg
import pytest

from catalog_assets.build import build_definitions
from catalog_assets.hotstar.kinds import MOVIE, SHOW
from catalog_assets.hotstar.replay import replay
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from catalog_assets.jobs import RETENTION
from tests.hotstar.platform import Films, failed_checks, films, today

DAY = timedelta(days=1)


@pytest.fixture
def platform(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Films]:
    with films(source_url, monkeypatch) as ready:
        yield ready


def test_the_first_load_makes_tables_that_equal_the_truth(platform: Films) -> None:
    result = platform.census()
    assert result.success
    assert failed_checks(result) == set()
    assert platform.table() == platform.truth()
    log = platform.rows("SELECT sync_type, status, items_added, errors FROM hotstar_sync_log")
    assert log == [("initial", "completed", 1_200, [])]


def test_a_poll_brings_the_days_changes_and_a_census_what_went(platform: Films) -> None:
    platform.census()
    platform.sandbox.control(do="day", adds=10, updates=20, removals=0, returns=0)
    poll = platform.poll()
    assert poll.success
    assert platform.table() == platform.truth()
    platform.sandbox.control(do="remove", count=5)
    _let_time_pass(platform)
    census = platform.census()
    assert census.success
    assert platform.table() == platform.truth()
    assert platform.one("SELECT count(*) FROM hotstar_movies WHERE deletion_reason = 'missing'") == 5
    platform.sandbox.control(do="restore", count=5)
    assert platform.poll().success
    assert platform.table() == platform.truth()
    types = platform.rows("SELECT sync_type, status, items_restored FROM hotstar_sync_log ORDER BY id")
    assert types[1:3] == [("incremental", "completed", 0), ("census", "completed", 0)]
    assert types[3][:2] == ("incremental", "completed")


def test_what_retention_leaves_of_pages_makes_the_same_tables(
    platform: Films, monkeypatch: pytest.MonkeyPatch, shift_clock: Callable[[psycopg.Connection, timedelta], None]
) -> None:
    kinds = (MOVIE, SHOW)
    for week in range(3):
        shift_clock(platform.connection, 7 * week * DAY)
        for kind in kinds:
            assert platform.census(kind).success
        platform.sandbox.control(do="day", adds=2, updates=2, removals=1, returns=1)
        if week == 0:
            assert platform.poll().success
            assert platform.poll().success  # lists the hour before again, in which nothing is new
    monkeypatch.setenv("KEEP_UPDATE_PAGES_DAYS", "1")
    monkeypatch.setenv("KEEP_CENSUSES", "1")
    retention = platform.definitions.resolve_job_def(RETENTION)
    result = retention.execute_in_process(instance=platform.instance, asset_selection=[RETAINED_PAGES])
    assert failed_checks(result) == set()
    gone = platform.rows(
        "SELECT DISTINCT p.kind, l.purpose FROM pages AS p JOIN listings AS l USING (listing_id) WHERE p.body IS NULL"
    )
    assert set(gone) == {("movie", "census"), ("movie", "update"), ("show", "census")}
    for kind in kinds:
        assert replay(platform.connection, kind, swap=True).differences == 0
    shift_clock(platform.connection, 21 * DAY)
    assert platform.census().success
    assert platform.table() == platform.truth()


def test_a_poll_of_fifty_changes_takes_one_request(platform: Films) -> None:
    platform.census()
    platform.sandbox.control(do="day", adds=25, updates=25, removals=0, returns=0)
    before = platform.sandbox.truth()["ledger"]["hotstar"]["accepted"]
    result = platform.poll()
    assert platform.sandbox.truth()["ledger"]["hotstar"]["accepted"] - before == 1
    metadata = result.asset_materializations_for_node("hotstar__movies")[0].metadata
    assert (metadata["inserted"].value, metadata["deleted"].value) == (25, 0)


def test_updates_materialised_alone_are_logged_as_not_merged(platform: Films) -> None:
    platform.census()
    platform.sandbox.control(do="day", adds=3, updates=0, removals=0, returns=0)
    assert platform.materialised("hotstar/movie_updates").success
    newest = "SELECT status, total_items_fetched, errors -> 0 ->> 'type' FROM hotstar_sync_log ORDER BY id DESC LIMIT 1"
    assert platform.rows(newest) == [("partial", 3, "NotMerged")]
    assert platform.poll().success
    assert platform.table() == platform.truth()


def test_a_run_whose_pages_another_merged_says_what_it_listed(platform: Films) -> None:
    assert platform.materialised("hotstar/movie_census").success
    assert platform.poll().success
    log = "SELECT sync_type, total_items_fetched, items_added FROM hotstar_sync_log ORDER BY id"
    assert platform.rows(log) == [("initial", 1_200, 0), ("incremental", 0, 1_200)]


def test_a_census_that_no_merge_took_is_merged_rather_than_listed_again(platform: Films) -> None:
    assert platform.materialised("hotstar/movie_census").success
    asked = platform.sandbox.truth()["ledger"]["hotstar"]["accepted"]
    result = platform.census()
    assert result.success, failed_checks(result)
    assert platform.sandbox.truth()["ledger"]["hotstar"]["accepted"] == asked
    listed = result.asset_materializations_for_node("hotstar__movie_census")[0].metadata
    assert (listed["taken_up"].value, listed["requests"].value, listed["total"].value) == (True, 0, 1_200)
    assert platform.table() == platform.truth()
    assert platform.census().success
    assert platform.sandbox.truth()["ledger"]["hotstar"]["accepted"] > asked


@pytest.mark.parametrize("aged", [False, True])
def test_a_census_is_listed_anew_where_a_person_approves_or_it_is_old(platform: Films, aged: bool) -> None:
    assert platform.materialised("hotstar/movie_census").success
    asked = platform.sandbox.truth()["ledger"]["hotstar"]["accepted"]
    if aged:
        platform.forget_when_it_was(MOVIE, hours=7)
    assert platform.census(approve=None if aged else 5).success
    assert platform.sandbox.truth()["ledger"]["hotstar"]["accepted"] > asked


def test_a_massive_loss_is_withheld_until_a_person_approves(platform: Films) -> None:
    platform.census()
    active = platform.one("SELECT count(*) FROM hotstar_movies WHERE NOT is_deleted")
    platform.sandbox.control(do="remove", count=300)
    _let_time_pass(platform)
    refused = platform.census()
    assert not refused.success
    assert failed_checks(refused) == {"no_deletion_withheld", "census_near_median"}
    assert platform.one("SELECT count(*) FROM hotstar_movies WHERE NOT is_deleted") == active
    assert platform.one("SELECT status FROM hotstar_sync_log ORDER BY id DESC LIMIT 1") == "partial"
    waiting = platform.one("SELECT count(*) FROM hotstar.withheld_deletions")
    assert not platform.census(approve=waiting - 1).success
    approved = platform.census(approve=waiting)
    assert approved.success
    assert platform.table() == platform.truth()


def test_a_census_of_nothing_deletes_nothing(platform: Films) -> None:
    platform.census()
    active = platform.one("SELECT count(*) FROM hotstar_movies WHERE NOT is_deleted")
    platform.sandbox.control(do="remove", count=1_200)
    _let_time_pass(platform)
    result = platform.census()
    assert not result.success
    assert "parts_add_up" in failed_checks(result)
    assert platform.one("SELECT count(*) FROM hotstar_movies WHERE NOT is_deleted") == active


def test_bad_items_cost_themselves_alone_and_the_run_says_so(platform: Films) -> None:
    ids = platform.sandbox.truth(ids=1)["ids"]
    for content_id, number, title in ((ids[3], '"x"', '"t"'), (ids[4], "4", "NaN")):
        text = f'{{"id": {number}, "contentId": "{content_id}", "title": {title}}}'
        platform.sandbox.control(do="raw", content_id=content_id, text=text)
    result = platform.census()
    assert result.success
    assert platform.one("SELECT count(*) FROM hotstar_movies") == 1_198
    status, errors = platform.rows("SELECT status, errors FROM hotstar_sync_log")[0]
    assert status == "partial"
    assert {error["item"] for error in errors} == {ids[3], ids[4]}


@pytest.mark.parametrize("body", ["cut", "html", "empty", "array", "body_null"])
def test_a_spoilt_answer_is_asked_again_and_kept(platform: Films, body: str) -> None:
    platform.sandbox.control(do="fault", body=body, times=1, skip=1)
    assert platform.census().success
    assert platform.table() == platform.truth()


def test_lasting_refusal_ends_after_two_requests_and_names_its_likely_causes(
    source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with films(source_url, monkeypatch, rate=10) as platform:
        platform.sandbox.control(do="fault", status=403, times=None)
        assert not platform.census().success
        assert platform.sandbox.truth()["ledger"]["hotstar"]["accepted"] == 2
        status, errors = platform.rows("SELECT status, errors FROM hotstar_sync_log")[0]
        assert status == "failed"
        assert "whitelisted" in errors[0]["message"]


def test_another_origin_is_refused_before_anything_is_written(platform: Films, monkeypatch: pytest.MonkeyPatch) -> None:
    assert platform.census().success
    pages = platform.one("SELECT count(*) FROM hotstar.pages")
    monkeypatch.setenv("CATALOG_ORIGIN_HOTSTAR", "sandbox:2")
    assert not platform.census().success
    assert platform.one("SELECT count(*) FROM hotstar.pages") == pages


def test_pages_make_the_same_tables_again(platform: Films) -> None:
    platform.census()
    platform.sandbox.control(do="day", adds=5, updates=20, removals=5, returns=0)
    _let_time_pass(platform)
    platform.poll()
    platform.census()
    result = replay(platform.connection, MOVIE)
    assert (result.merges, result.differences) == (3, 0)


def test_a_range_of_days_is_one_run_and_one_window(platform: Films) -> None:
    platform.census()
    first = (datetime.now(UTC) - 3 * DAY).date().isoformat()
    result = dg.materialize(
        [asset for asset in build_definitions().assets or [] if isinstance(asset, dg.AssetsDefinition)],
        instance=platform.instance,
        selection=["hotstar/movie_updates", "hotstar/movies"],
        resources=build_definitions().resources,
        tags={"dagster/asset_partition_range_start": first, "dagster/asset_partition_range_end": today()},
    )
    assert result.success
    first_s, last_s = platform.rows("SELECT update_from_s, update_to_s FROM hotstar.listings WHERE purpose = 'update'")[
        0
    ]
    assert last_s - first_s > 3 * 86_400


def test_the_secret_is_in_no_table_and_no_metadata(platform: Films) -> None:
    platform.sandbox.control(do="fault", status=403, times=1)
    result = platform.census()
    secret = platform.sandbox.secret
    tables = platform.rows(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname IN ('ops', 'hotstar')"
    )
    for (table,) in tables:
        text = platform.one(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t")  # noqa: S608 - own tables
        assert secret not in text
        assert "hmac=" not in text
    events = "".join(str(record) for record in platform.instance.all_logs(result.run_id))
    assert secret not in events
    assert "hmac=" not in events
    assert platform.one("SELECT count(*) FROM hotstar_api_tokens") == 2


def _let_time_pass(platform: Films) -> None:
    """Makes what was seen so far old enough for a census to find it missing."""
    platform.connection.execute("UPDATE hotstar.sightings SET sent_at = sent_at - interval '2 hours'")
    platform.connection.execute("UPDATE hotstar.pages SET sent_at = sent_at - interval '2 hours'")
    platform.connection.execute(
        "UPDATE hotstar.items SET version_from = version_from - interval '2 hours',"
        " first_seen_at = first_seen_at - interval '2 hours', updated_at = updated_at - interval '2 hours',"
        # an end date is the service's and does not move; one that has passed when a film is first seen counts from then
        " deleted_at = CASE WHEN deleted_at = first_seen_at THEN deleted_at - interval '2 hours' ELSE deleted_at END"
    )
    platform.connection.execute(
        "UPDATE hotstar.item_versions SET valid_from = valid_from - interval '2 hours',"
        " valid_to = valid_to - interval '2 hours'"
    )
    platform.connection.execute(
        "UPDATE hotstar.listings SET started_at = started_at - interval '2 hours',"
        " completed_at = completed_at - interval '2 hours'"
    )
    platform.connection.execute("UPDATE hotstar.merges SET merged_at = merged_at - interval '2 hours'")
    platform.connection.execute("UPDATE hotstar.deletion_events SET at = at - interval '2 hours'")
