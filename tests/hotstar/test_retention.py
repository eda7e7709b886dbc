"""Retention: what goes, what stays, and that a replay is none the worse for it, on real PostgreSQL."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from catalog_assets.build import build_definitions
from catalog_assets.hotstar import items, merge, retention
from catalog_assets.hotstar.kinds import MOVIE, SEASON, SHOW, Kind
from catalog_assets.hotstar.replay import replay
from catalog_assets.hotstar.retention import Policy, Removed, count_bodies, remove_pages
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from catalog_assets.hotstar.retention_checks import PROVED_IN_DAYS, RETENTION_CHECKS
from catalog_assets.jobs import RETENTION
from resources.statements import statement
from tests.hotstar.stored import (
    START,
    body_of,
    empty,
    film,
    item_of,
    merged,
    rows,
    store_films,
    store_items,
    store_listing,
    store_page,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SHORT = Policy(update_days=1, censuses=1)
"""By which everything stored around START is past keeping, once a later census is complete."""

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


def removed(connection: psycopg.Connection, policy: Policy = SHORT, kind: Kind = MOVIE) -> Removed:
    return remove_pages(connection, kind, policy, run_id="run")


def bodiless(connection: psycopg.Connection) -> list[int]:
    """The pages without a body, by their place in order of sending, from 0."""
    places = rows(connection, "SELECT body IS NULL FROM hotstar.pages ORDER BY sent_at, page_id")
    return [place for place, (is_gone,) in enumerate(places) if is_gone]


def failed(connection: psycopg.Connection) -> dict[str, Sequence[str]]:
    found = {check.name: check.offenders(connection) for check in RETENTION_CHECKS}
    return {name: offenders for name, offenders in found.items() if offenders}


def updates(connection: psycopg.Connection, *pages: Sequence[dict[str, Any]], kind: Kind = MOVIE) -> None:
    """Update listings a day apart, each merged when it is stored."""
    for day, listed in enumerate(pages):
        store_items(connection, listed, at=START + day * DAY, kind=kind)
        merged(connection, kind)


# What goes ----------------------------------------------------------------------------------------------------------


def test_a_page_on_which_nothing_began_loses_its_body_and_keeps_its_row(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1)], [film(1)])
    stored = rows(source, "SELECT sum(octet_length(body)) FROM hotstar.pages WHERE sent_at > '2026-11-02 00:00+00'")
    before = rows(source, "SELECT to_jsonb(p) - 'body' - 'removal_id' FROM hotstar.pages AS p ORDER BY page_id")
    gone = removed(source)
    assert (gone.due, gone.pages, gone.left, [(gone.bytes,)]) == (3, 2, 0, stored)
    assert bodiless(source) == [1, 2]
    after = rows(source, "SELECT to_jsonb(p) - 'body' - 'removal_id' FROM hotstar.pages AS p ORDER BY page_id")
    assert before == after
    assert rows(source, "SELECT kind, pages, keep_update_days, keep_censuses FROM removals") == [("movie", 2, 1, 1)]
    kept = count_bodies(source)
    assert (kept.pages, kept.bodies) == (3, 1)


def test_removing_again_finds_nothing_and_logs_nothing(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1)])
    assert removed(source).pages == 1
    assert removed(source) == Removed(due=1, pages=0, bytes=0, left=0)
    assert rows(source, "SELECT count(*) FROM removals") == [(1,)]


def test_pages_of_the_newest_version_of_older_versions_and_of_rejected_items_stay(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1, title="B")], [film(1, title="B")], [film(1), film(2, title=7)], [film(1)])
    removed(source)
    assert bodiless(source) == [2, 4]


def test_a_page_with_an_item_that_has_no_readable_id_stays(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1), film(2, contentId=None)])
    assert removed(source).pages == 0


def test_a_page_from_which_a_merge_took_content_stays_though_the_version_begins_elsewhere_now(
    source: psycopg.Connection,
) -> None:
    store_films(source, [film(1)], at=START + DAY)
    merged(source)
    store_films(source, [film(1)])
    merged(source)
    assert rows(source, "SELECT version_from FROM items") == [(START,)]
    assert removed(source).pages == 0


@pytest.mark.parametrize("newest", [{}, {"title": "Newest"}])
def test_a_page_on_which_a_version_begins_only_since_a_late_page_stays(
    source: psycopg.Connection, newest: dict[str, str]
) -> None:
    updates(source, [film(1)], [film(1)], [film(1, **newest)])
    store_films(source, [film(1, title="Between")], at=START + HOUR)
    merged(source)
    removed(source)
    assert bodiless(source) == ([] if newest else [3])


def test_what_waits_for_a_merge_stays_and_so_does_everything_sent_after_it(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1)], [film(1)])
    store_films(source, [film(1)], at=START + DAY + HOUR)
    removed(source)
    assert bodiless(source) == [1]


def test_pages_of_a_listing_under_way_stay(source: psycopg.Connection) -> None:
    store_films(source, [film(1)])
    store_films(source, [film(1)], purpose="census", status="running", at=START + DAY)
    merged(source)
    store_films(source, [film(1)], purpose="census", at=START + 2 * DAY)
    merged(source)
    assert removed(source).pages == 0


# The policy ---------------------------------------------------------------------------------------------------------


def test_pages_of_updates_stay_so_many_days(source: psycopg.Connection, shift_clock: ShiftClock) -> None:
    updates(source, [film(1)], [film(1)], [film(1)])
    shift_clock(source, START + 90 * DAY + DAY + HOUR - datetime.now(UTC))
    removed(source, Policy(update_days=90, censuses=4))
    assert bodiless(source) == [1]


@pytest.mark.parametrize(("censuses", "gone"), [(1, [1, 2, 3, 4]), (2, [1, 2]), (3, [1]), (4, []), (6, [])])
def test_pages_of_the_last_complete_censuses_stay(source: psycopg.Connection, censuses: int, gone: list[int]) -> None:
    for day in range(5):
        store_films(source, [film(1)], purpose="census", at=START + day * 7 * DAY)
        if day == 3:
            store_films(source, [film(1)], purpose="census", at=START + (day * 7 + 1) * DAY, status="incomplete")
        merged(source)
    removed(source, Policy(update_days=36_500, censuses=censuses))
    assert bodiless(source) == gone
    assert failed(source) == {}


def test_of_a_kind_that_is_listed_in_rounds_the_last_listings_of_each_series_stay(source: psycopg.Connection) -> None:
    def listed(day: int, series: int) -> None:
        listing = store_listing(source, purpose="round", at=START + day * DAY, kind=SEASON)
        page = body_of([item_of(SEASON, series, showId=series)])
        store_page(source, listing, page, at=START + day * DAY, kind=SEASON)
        source.execute(
            "UPDATE hotstar.parts SET filters = jsonb_build_object('showId', %s::text), proven_at = started_at"
            " WHERE listing_id = %s",
            (str(series), listing),
        )
        merged(source, SEASON)

    for day, series in enumerate([7, 7, 8, 8, 7]):
        listed(day, series)
    removed(source, Policy(update_days=1, censuses=1), SEASON)
    assert bodiless(source) == [1]
    removed(source, Policy(update_days=1, censuses=2), SEASON)
    assert failed(source) == {}
    assert replay(source, SEASON).differences == 0


def test_kinds_do_not_mix(source: psycopg.Connection) -> None:
    for day in range(2):
        store_items(source, [item_of(SHOW, 1)], purpose="census", at=START + day * DAY, kind=SHOW)
        store_items(source, [item_of(MOVIE, 1)], purpose="census", at=START + day * DAY)
    merged(source, SHOW)
    merged(source)
    store_items(source, [item_of(SHOW, 1)], purpose="census", at=START + 2 * DAY, kind=SHOW)
    merged(source, SHOW)
    removed(source, SHORT, SHOW)
    assert rows(source, "SELECT kind FROM hotstar.pages WHERE body IS NULL") == [("show",)]


# Beside others ------------------------------------------------------------------------------------------------------


def test_a_kind_whose_merge_or_replay_does_not_end_is_left_for_the_next_run(
    source: psycopg.Connection, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates(source, [film(1)], [film(1)])
    monkeypatch.setattr(retention, "LOCK_SECONDS", 0.01)
    with psycopg.connect(source_url) as merging:
        merging.execute(statement("hotstar/hold_merges"), {"kind": "movie"})
        assert removed(source) == Removed(due=2, pages=0, bytes=0, left=2)
    assert removed(source).pages == 1


def test_batches_are_transactions_of_their_own(source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    updates(source, *([film(1)] for _ in range(6)))
    monkeypatch.setattr(retention, "PAGES_AT_ONCE", 2)
    assert removed(source).pages == 5
    assert rows(source, "SELECT pages FROM removals") == [(5,)]


# Replays ------------------------------------------------------------------------------------------------------------

STATES = st.sampled_from([{}, {}, {}, {"title": "B"}, {"title": "B"}, {"assetStatus": "UNPUBLISHED"}, {"title": 5}])
PAGE = st.tuples(
    st.integers(0, 12),  # the day on which it was sent: many on one day, in any order of storing
    st.sampled_from(["census", "update"]),
    st.dictionaries(st.integers(0, 2), STATES, min_size=1, max_size=3),
)
STEPS = st.lists(st.one_of(PAGE, st.just("merge"), st.just("remove")), min_size=8, max_size=30)
TABLES = (
    "SELECT to_jsonb(i) FROM hotstar.items AS i ORDER BY content_id",
    "SELECT to_jsonb(v) FROM hotstar.item_versions AS v ORDER BY content_id, valid_from, page_id, position",
    "SELECT to_jsonb(m) - 'id' FROM hotstar.movies AS m ORDER BY content_id",
    "SELECT to_jsonb(s) FROM hotstar.sightings AS s ORDER BY page_id, position",
    "SELECT to_jsonb(r) FROM hotstar.rejected_items AS r ORDER BY page_id, position",
    "SELECT to_jsonb(e) FROM hotstar.deletion_events AS e ORDER BY merge_id, content_id",
    "SELECT to_jsonb(m) FROM hotstar.merges AS m ORDER BY merge_id",
)


def taken(source: psycopg.Connection, steps: Sequence[Any]) -> None:
    """Stores, merges and removes as the steps say."""
    for step in steps:
        if step == "merge":
            merged(source)
        elif step == "remove":
            removed(source)
        else:
            day, purpose, films = step
            listed = [film(number, **fields) for number, fields in films.items()]
            store_films(source, listed, purpose=purpose, at=START + day * DAY)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, at_once=st.tuples(*[st.sampled_from([1, 2, 100])] * 2), swap=st.booleans())
def test_a_replay_gives_the_same_tables_whatever_was_removed_between_merges_in_any_order(
    source: psycopg.Connection, steps: list[Any], at_once: tuple[int, int], swap: bool
) -> None:
    empty(source)
    with pytest.MonkeyPatch.context() as context:
        context.setattr(merge, "PAGES_AT_ONCE", at_once[0])
        taken(source, [*steps, "merge", "remove"])
    event(f"bodies removed: {min(len(bodiless(source)), 3)}")
    before = [rows(source, query) for query in TABLES]
    with pytest.MonkeyPatch.context() as context:
        context.setattr(merge, "PAGES_AT_ONCE", at_once[1])
        result = replay(source, MOVIE, swap=swap)
    assert (result.differences, result.shown) == (0, [])
    assert [rows(source, query) for query in TABLES] == before
    assert failed(source) == {}
    taken(source, [(13, "update", {0: {}, 1: {"title": "C"}}), "merge", "remove"])
    assert replay(source, MOVIE).differences == 0


def test_a_replay_repeats_a_late_page_that_makes_a_version_begin_on_a_page_without_body(
    source: psycopg.Connection,
) -> None:
    updates(source, [film(1)], [film(1)], [film(1)])
    removed(source)
    store_films(source, [film(1, title="Between")], at=START + HOUR)
    merged(source)
    assert rows(source, "SELECT valid_from FROM hotstar_movie_versions ORDER BY 1") == [
        (START,),
        (START + HOUR,),
        (START + DAY,),
    ]
    assert failed(source) == {}
    assert replay(source, MOVIE, swap=True).differences == 0
    assert replay(source, MOVIE).differences == 0


def test_a_correction_of_the_code_reaches_what_retention_left(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates(
        source, [film(1), film(2)], [film(1), film(2)], [film(1, title="B"), film(2)], [film(1, title="B"), film(2)]
    )
    assert removed(source).pages == 2
    hash_of = items.content_hash
    monkeypatch.setattr("catalog_assets.hotstar.staging.content_hash", lambda content: hash_of(content)[::-1])
    before = [rows(source, "SELECT content_id, valid_from, valid_to, item FROM hotstar_movie_versions ORDER BY 1, 2")]
    replay(source, MOVIE, swap=True)
    assert before == [
        rows(source, "SELECT content_id, valid_from, valid_to, item FROM hotstar_movie_versions ORDER BY 1, 2")
    ]
    assert replay(source, MOVIE).differences == 0
    assert failed(source) == {}


def _refused(entry: items.Entry) -> str | None:
    return "refused" if entry.content_id == "1002" else None


def test_an_item_that_other_code_rejects_counts_as_seen_on_a_page_without_body(
    source: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    updates(source, [film(1), film(2)], [film(1), film(2)])
    assert removed(source).pages == 1
    judge = items.judge

    def refusing_the_second(entries: Sequence[items.Entry], model: Any) -> items.Judged:
        return judge([entry._replace(problem=_refused(entry)) for entry in entries], model)

    monkeypatch.setattr("catalog_assets.hotstar.staging.judge", refusing_the_second)
    replay(source, MOVIE, swap=True)
    assert rows(source, "SELECT content_id, last_synced_at FROM hotstar_movies") == [("1001", START + DAY)]
    assert rows(source, "SELECT count(*), max(sent_at) FROM sightings WHERE content_id = '1002'") == [(2, START + DAY)]
    assert {difference.table for difference in replay(source, MOVIE).shown} == {"merges"}  # the log is of the time


# As Dagster runs it --------------------------------------------------------------------------------------------------


@pytest.fixture
def environment(source_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    return monkeypatch


def test_the_job_tells_what_went_and_what_is_left_and_checks_it(
    source: psycopg.Connection, environment: pytest.MonkeyPatch
) -> None:
    environment.setenv("KEEP_UPDATE_PAGES_DAYS", "1")
    updates(source, [film(1)], [film(1)], [film(1)])
    job = build_definitions().resolve_job_def(RETENTION)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=[RETAINED_PAGES])
    (made,) = result.asset_materializations_for_node("hotstar__retained_pages")
    figures = {name: value.value for name, value in made.metadata.items()}
    (freed,) = rows(source, "SELECT bytes, run_id FROM removals")
    (kept,) = rows(source, "SELECT sum(octet_length(body)) FROM pages")
    assert figures == {
        "pages_removed": 2,
        "bytes_freed": freed[0],
        "pages_needed": 1,
        "pages_left": 0,
        "pages_kept": 1,
        "bytes_kept": kept[0],
        "dagster/row_count": 3,
    }
    assert freed[1] == result.run_id
    checks = {found.check_name: found.passed for found in result.get_asset_check_evaluations()}
    assert checks == {check.name: True for check in RETENTION_CHECKS}


def test_a_failed_check_fails_the_run(source: psycopg.Connection, environment: pytest.MonkeyPatch) -> None:
    updates(source, [film(1)])
    without_body(source, 0)
    job = build_definitions().resolve_job_def(RETENTION)
    with dg.DagsterInstance.ephemeral() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=[RETAINED_PAGES], raise_on_error=False)
    assert not result.success


# The checks ---------------------------------------------------------------------------------------------------------


def without_body(connection: psycopg.Connection, place: int, *, removed_at: str = "ops.now()") -> None:
    """A body gone as no retention would take it."""
    connection.execute(
        f"""
        WITH removal AS (
          INSERT INTO hotstar.removals (kind, run_id, removed_at, keep_update_days, keep_censuses)
          VALUES ('movie', 'run', {removed_at}, 90, 4)
          RETURNING removal_id
        )
        UPDATE hotstar.pages AS p SET body = NULL, removal_id = removal.removal_id
        FROM removal
        WHERE p.page_id = (SELECT page_id FROM hotstar.pages ORDER BY sent_at OFFSET {place} LIMIT 1)
        """.encode()  # noqa: S608 - texts of this file
    )


def test_a_check_names_rows_versions_and_rejected_items_without_their_page(source: psycopg.Connection) -> None:
    updates(source, [film(1)], [film(1, title="B"), film(2, title=7)], [film(1)])
    for place in range(3):
        without_body(source, place)
    found = failed(source)["rows_keep_their_pages"]
    assert [offender.split(",")[0].split(" on ")[0] for offender in sorted(found)] == [
        "movie 1001",
        "movie 1001",
        "movie 1001",
        "movie rejected",
    ]


def test_a_check_names_what_was_removed_before_its_time_or_its_merge(
    source: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    updates(source, [film(1)], [film(1)])
    store_films(source, [film(1)], purpose="census", at=START + 2 * DAY)
    store_films(source, [film(1)], at=START + 3 * DAY)
    shift_clock(source, START + 90 * DAY + HOUR - datetime.now(UTC))
    for place in range(1, 4):
        without_body(source, place)
    assert len(failed(source)["nothing_removed_too_soon"]) == 2 + 1
    shift_clock(source, START + 92 * DAY - datetime.now(UTC))
    source.execute("UPDATE hotstar.removals SET removed_at = ops.now()")
    assert len(failed(source)["nothing_removed_too_soon"]) == 2


def test_a_check_finds_a_damaged_body_within_a_month(source: psycopg.Connection, shift_clock: ShiftClock) -> None:
    updates(source, *([film(n)] for n in range(3)))
    source.execute("UPDATE hotstar.pages SET body_sha256 = body_sha256 || 'x' WHERE sent_at = %s", (START,))
    source.execute("UPDATE hotstar.pages SET body = 'not zstd' WHERE sent_at = %s", (START + DAY,))
    found: list[str] = []
    for day in range(PROVED_IN_DAYS):
        shift_clock(source, day * DAY)
        found += failed(source).get("bodies_are_whole", [])
    pages = rows(source, "SELECT 'page ' || page_id FROM hotstar.pages ORDER BY sent_at")
    assert sorted(found) == sorted(page for (page,) in pages[:2])


def test_a_body_is_there_or_something_removed_it(source: psycopg.Connection) -> None:
    updates(source, [film(1)])
    with pytest.raises(psycopg.errors.CheckViolation):
        source.execute("UPDATE hotstar.pages SET body = NULL")
