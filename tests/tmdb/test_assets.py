"""TMDB's jobs end to end: the sandbox over HTTP, real PostgreSQL, tables that equal what the service says."""

import dagster as dg
import pytest

from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES
from catalog_assets.tmdb.run_log import CUT_OFF, close_cut_off, running_runs
from tests.tmdb.platform import Jobs, failed_checks

LISTS = {"source": "popular", "max_movies": 30, "max_series": 0}


def test_new_films_of_a_list_become_works_with_cards(jobs: Jobs) -> None:
    result = jobs.run(TMDB_INGEST, title_lists=LISTS)
    assert result.success
    assert failed_checks(result) <= {"imdb_ids_are_unique"}
    tmdb = jobs.tmdb
    shown = {
        film["id"]: (film["title"], film["release_date"] or None)
        for film in (tmdb.sandbox.tmdb(f"/movie/{row[0]}").json() for row in tmdb.rows("SELECT tmdb_id FROM works"))
    }
    kept = tmdb.rows("SELECT tmdb_id, title, release_date::text FROM works WHERE ingestion_status = 'complete'")
    assert {row[0]: row[1:] for row in kept} == shown
    assert len(shown) == 30
    assert tmdb.one("SELECT count(*) FROM work_cards_cache") == 30
    log = tmdb.rows(
        "SELECT source, trigger_type, status, movies_ingested, movies_failed, cardinality(ingested_titles)"
        " FROM scheduled_ingestion_log"
    )
    assert log == [("popular", "manual", "completed", 30, 0, 30)]
    assert tmdb.one("SELECT count(*) FROM ops.api_calls WHERE asset = 'tmdb/title_details'") == 30


def test_the_queue_the_calls_and_the_runs_are_shown_with_the_assets(jobs: Jobs) -> None:
    jobs.tmdb.sandbox.control(do="fault", path=f"/3/movie/{jobs.tmdb.ids()[0]}", status=400, times=1)
    asked = {"tmdb_ids": jobs.tmdb.ids()[:5]}
    result = jobs.run(TMDB_REFRESH, only=["title_details", *TMDB_TABLES], title_details=asked)
    shown = {
        event.asset_key.path[-1]: event.materialization.metadata
        for event in result.get_asset_materialization_events()
        if event.asset_key is not None
    }
    details, works = shown["title_details"], shown["works"]
    assert details["backlog"].value == jobs.tmdb.one("SELECT count(*) FROM refresh_queue")
    tables = (details["queue_backlog"], details["calls_by_endpoint"], works["run_history"])
    assert all(isinstance(table, dg.TableMetadataValue) for table in tables)
    ((waiting,), (called, *_), (ran,)) = (
        [record.data for record in table.records] for table in tables if isinstance(table, dg.TableMetadataValue)
    )
    assert (waiting["titles"], waiting["status"]) == (details["backlog"].value, "waiting")
    assert (called["endpoint"], called["status"], called["calls"]) == ("/3/movie/…", "200", 4)
    assert (ran["source"], ran["ingested"], ran["requests"]) == ("ids", 4, 5)


def test_a_second_run_fetches_nothing_and_is_logged_all_the_same(jobs: Jobs) -> None:
    jobs.run(TMDB_INGEST, title_lists=LISTS)
    before = jobs.tmdb.requests("/movie/")
    result = jobs.run(TMDB_INGEST, only=["title_details", *TMDB_TABLES], tags={"dagster/schedule_name": "x"})
    assert result.success
    assert jobs.tmdb.requests("/movie/") == before
    log = jobs.tmdb.rows("SELECT source, trigger_type, movies_ingested FROM scheduled_ingestion_log ORDER BY log_id")
    assert log[1:] == [("due", "scheduled", 0)]


def test_what_the_feed_names_is_fetched_again_and_what_is_gone_is_marked(jobs: Jobs) -> None:
    tmdb = jobs.tmdb
    jobs.run(TMDB_INGEST, title_lists={"source": "popular", "max_movies": 350, "max_series": 0})
    tmdb.connection.execute("UPDATE tmdb.refreshes SET asked_at = asked_at - interval '1 minute'")
    kept = {row[0] for row in tmdb.rows("SELECT tmdb_id FROM works")}
    changed = tmdb.sandbox.control(do="tmdb_change", ids=sorted(kept)[:15])["ids"]
    gone = tmdb.sandbox.control(do="tmdb_remove", ids=sorted(kept)[20:25])["ids"]
    result = jobs.run(TMDB_REFRESH)
    assert result.success
    today = tmdb.sandbox.tmdb("/movie/changes").json()
    named = {row["id"] for row in today["results"]}
    assert named & set(changed)
    anew = {
        row[0]
        for row in tmdb.rows(
            "SELECT tmdb_id FROM works_meta JOIN works USING (work_id) WHERE overview LIKE '%%Edition%%'"
        )
    }
    assert anew <= set(changed)
    marked = {row[0] for row in tmdb.rows("SELECT tmdb_id FROM works WHERE gone_at IS NOT NULL")}
    assert marked == set(gone) & named
    assert tmdb.one("SELECT last_sync_cursor FROM sync_state WHERE sync_type = 'movie_changes'") is not None
    again = tmdb.requests("/movie/")
    jobs.run(TMDB_REFRESH, only=["title_details", *TMDB_TABLES])
    assert tmdb.requests("/movie/") == again


def test_films_asked_for_by_id_are_kept_and_forced_ones_are_fetched_whatever_their_age(jobs: Jobs) -> None:
    tmdb = jobs.tmdb
    ids = tmdb.ids()[:3]
    only = ["title_details", *TMDB_TABLES]
    assert jobs.run(TMDB_REFRESH, only=only, title_details={"tmdb_ids": ids}).success
    assert {row[0] for row in tmdb.rows("SELECT tmdb_id FROM works WHERE title IS NOT NULL")} == set(ids)
    before = tmdb.requests("/movie/")
    jobs.run(TMDB_REFRESH, only=only, title_details={"tmdb_ids": ids})
    assert tmdb.requests("/movie/") == before
    jobs.run(TMDB_REFRESH, only=only, title_details={"tmdb_ids": ids, "force": True})
    assert tmdb.requests("/movie/") == before + 3
    jobs.run(TMDB_REFRESH, only=only, title_details={"every": True})
    assert tmdb.requests("/movie/") == before + 6
    log = tmdb.rows("SELECT source, movies_checked, movies_skipped FROM scheduled_ingestion_log ORDER BY log_id")
    assert log == [("ids", 3, 0), ("ids", 3, 3), ("ids", 3, 0), ("every", 3, 0)]


def test_an_unknown_list_fails_the_run_and_is_logged(jobs: Jobs) -> None:
    result = jobs.run(TMDB_INGEST, title_lists={"source": "mixed_hourly"})
    assert not result.success
    ((status, error),) = jobs.tmdb.rows("SELECT status, error FROM scheduled_ingestion_log")
    assert status == "failed"
    assert "mixed_weekly" in error


def test_without_a_key_tmdb_is_off(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMDB_API_KEY")
    monkeypatch.delenv("TMDB_API_BASE_URL")
    result = jobs.run(TMDB_INGEST, title_lists=LISTS)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert isinstance(failure.step_failure_data.user_failure_data, dg._core.execution.plan.objects.UserFailureData)
    assert "TMDB_API_KEY" in str(failure.step_failure_data.user_failure_data.description)


def test_a_run_counts_as_completed_when_its_last_step_is(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog_assets.tmdb.tables_asset.merge_details", _killed)
    assert not jobs.run(TMDB_INGEST, title_lists=LISTS).success
    log = jobs.tmdb.rows("SELECT status, movies_ingested, completed_at FROM scheduled_ingestion_log")
    assert log[0][:2] == ("failed", 30)
    jobs.tmdb.connection.execute("UPDATE tmdb.scheduled_ingestion_log SET status = 'running', error = NULL")
    assert close_cut_off(jobs.tmdb.connection, [run.run_id for run in running_runs(jobs.tmdb.connection)])
    ((status, error),) = jobs.tmdb.rows("SELECT status, error FROM scheduled_ingestion_log")
    assert (status, error) == ("failed", CUT_OFF)


def test_details_alone_end_their_run(jobs: Jobs) -> None:
    assert jobs.run(TMDB_INGEST, only=["title_lists", "title_details"], title_lists=LISTS).success
    ((status, completed),) = jobs.tmdb.rows("SELECT status, completed_at IS NOT NULL FROM scheduled_ingestion_log")
    assert (status, completed) == ("completed", True)


def _killed(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
