"""Dagster's logs kept by age, on a real instance with PostgreSQL: what goes, what stays, what still reads right."""

import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import psycopg
import pytest
from dagster._core.storage.dagster_run import DagsterRunStatus
from pydantic import SecretStr

from catalog_assets.build import build_definitions
from catalog_assets.cli.environment import dagster_environment
from catalog_assets.instance.assets import RUN_LOGS
from catalog_assets.instance.logs import (
    CALLS_KEPT_FOR,
    delete_old_calls,
    delete_old_check_results,
    delete_old_events,
    delete_old_files,
)
from catalog_assets.jobs import RETENTION
from resources.access import DatabaseUrls
from resources.statements import statement

DAY = timedelta(days=1)
LATER = 90 * DAY + timedelta(hours=1)
"""When what is written now is past keeping."""

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


@dg.asset(partitions_def=dg.StaticPartitionsDefinition(["a", "b"]))
def shelf(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    context.log.info("filled")
    print("filled")
    return dg.MaterializeResult(metadata={"books": 3})


@dg.asset_check(asset=shelf)
def is_full() -> dg.AssetCheckResult:
    return dg.AssetCheckResult(passed=True)


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def instance(
    source_url: str, empty_url: str, home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[dg.DagsterInstance]:
    """An instance as `catalog up` makes it, its storage in a database of its own."""
    home.mkdir()
    monkeypatch.chdir(tmp_path)
    urls = {"SOURCE": source_url, "CATALOG": source_url, "DAGSTER": empty_url}
    for name, url in urls.items():
        monkeypatch.setenv(f"{name}_DATABASE_URL", url)
    given = DatabaseUrls(SecretStr(source_url), SecretStr(source_url), SecretStr(empty_url))
    for name, value in dagster_environment(home, given).items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.get() as made:
        yield made


@pytest.fixture
def records(instance: dg.DagsterInstance, empty_url: str) -> Iterator[psycopg.Connection]:
    """Dagster's own database."""
    instance.get_runs_count()
    with psycopg.connect(empty_url, autocommit=True) as connection:
        yield connection


def rows(connection: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def fill(instance: dg.DagsterInstance, partition: str) -> str:
    return dg.materialize([shelf, is_full], instance=instance, partition_key=partition).run_id


def log_calls(source: psycopg.Connection, now: timedelta, ages: list[timedelta]) -> None:
    """Calls of as many services, sent so long after what the shifted clock shows; that clock is so far ahead."""
    with source.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO ops.api_calls (service, endpoint, sent_at, ms, bytes, attempt, request_id, run_id, asset)"
            " VALUES (%s, '/', clock_timestamp() + %s, 1, 1, 1, '', '', '')",
            [(f"service {place}", now + age) for place, age in enumerate(ages)],
        )


def output(home: Path, run_id: str) -> list[Path]:
    return sorted((home / "dagster" / "storage" / run_id).rglob("*.*"))


def retain(instance: dg.DagsterInstance) -> dg.ExecuteInProcessResult:
    """The whole job, as Dagster runs it."""
    return build_definitions().resolve_job_def(RETENTION).execute_in_process(instance=instance, raise_on_error=False)


def test_old_logs_go_and_what_the_ui_reads_of_assets_stays(
    instance: dg.DagsterInstance,
    records: psycopg.Connection,
    source: psycopg.Connection,
    home: Path,
    shift_clock: ShiftClock,
) -> None:
    runs = [fill(instance, partition) for partition in ("a", "b")]
    assert all(output(home, run_id) for run_id in runs)
    assets = rows(records, "SELECT id, event FROM event_logs WHERE asset_key IS NOT NULL ORDER BY id")
    assert assets
    shift_clock(source, LATER)
    log_calls(source, LATER, [-CALLS_KEPT_FOR - timedelta(minutes=1)] * 3 + [-CALLS_KEPT_FOR + DAY, timedelta(0)])
    for run_id in runs:
        for path in output(home, run_id):
            os.utime(path, (0, 0))
    result = retain(instance)
    assert result.success
    assert {found.check_name: found.passed for found in result.get_asset_check_evaluations()} == {
        "rows_keep_their_pages": True,
        "nothing_removed_too_soon": True,
        "bodies_are_whole": True,
        "nothing_kept_too_long": True,
        "every_table_has_a_rule": True,
        "nothing_kept_of_what_is_off": True,
        "logs_in_bounds": True,
    }
    (made,) = result.asset_materializations_for_node("dagster__run_logs")
    figures: dict[str, Any] = {name: value.value for name, value in made.metadata.items()}
    assert (figures["events_removed"] > 20, figures["check_results_removed"]) == (True, 1)
    assert figures["output_bytes_freed"] > 0
    assert figures["calls_removed"] == 3
    assert rows(source, "SELECT service FROM ops.api_calls ORDER BY sent_at") == [("service 3",), ("service 4",)]
    left = records.execute("SELECT id, event FROM event_logs WHERE run_id = ANY (%s) ORDER BY id", (runs,)).fetchall()
    assert left == assets
    assert not any((home / "dagster" / "storage" / run_id).exists() for run_id in runs)
    assert instance.get_materialized_partitions(shelf.key) == {"a", "b"}
    event = instance.get_latest_materialization_event(shelf.key)
    assert event is not None
    assert event.run_id == runs[1]
    status = [run.status for run in instance.get_runs(dg.RunsFilter(run_ids=runs))]
    assert status == [DagsterRunStatus.SUCCESS] * 2
    checks = instance.event_log_storage.get_asset_check_execution_history(is_full.check_key, limit=5)
    assert [(record.run_id, record.evaluation and record.evaluation.passed) for record in checks] == [(runs[1], True)]
    assert fill(instance, "a") not in runs


def test_what_is_young_stays(
    instance: dg.DagsterInstance, source: psycopg.Connection, home: Path, shift_clock: ShiftClock
) -> None:
    run_id = fill(instance, "a")
    shift_clock(source, 90 * DAY - timedelta(hours=1))
    before = len(instance.all_logs(run_id))
    retain(instance)
    assert len(instance.all_logs(run_id)) == before
    assert output(home, run_id)


def test_a_run_that_is_not_over_keeps_its_events(instance: dg.DagsterInstance, records: psycopg.Connection) -> None:
    run_id = fill(instance, "a")
    records.execute("UPDATE runs SET status = 'STARTED'")
    before = len(instance.all_logs(run_id))
    assert delete_old_events(records, datetime.now(UTC) + DAY) == 0
    assert delete_old_check_results(records, datetime.now(UTC) + DAY) == 0
    assert len(instance.all_logs(run_id)) == before


def test_batches_go_on_until_nothing_is_left(instance: dg.DagsterInstance, records: psycopg.Connection) -> None:
    for _ in range(3):
        fill(instance, "a")
    every = rows(records, "SELECT count(*) FROM event_logs WHERE asset_key IS NULL")[0][0]
    assert delete_old_events(records, datetime.now(UTC) + DAY, at_once=7) == every
    assert delete_old_check_results(records, datetime.now(UTC) + DAY, at_once=1) == 2


def test_old_calls_go_in_batches_found_by_their_age(source: psycopg.Connection) -> None:
    source.execute(
        "INSERT INTO ops.api_calls (service, endpoint, sent_at, ms, bytes, attempt, request_id, run_id, asset)"
        " SELECT 'service ' || n % 7, '/', '2026-11-22Z'::timestamptz - n * interval '1 hour', 1, 1, 1, '', '', ''"
        " FROM generate_series(1, 20000) AS n"
    )
    source.execute("ANALYZE ops.api_calls")
    before = datetime(2026, 11, 22, tzinfo=UTC) - timedelta(hours=19_980)
    asked = {"before": before, "most": 7}
    plan = "\n".join(str(line) for (line,) in source.execute("EXPLAIN " + statement("ops/delete_old_calls"), asked))
    assert "api_calls_by_age" in plan
    assert delete_old_calls(source, before, at_once=7) == 20
    assert rows(source, "SELECT count(*), min(sent_at) FROM ops.api_calls") == [(19_980, before)]


def test_the_check_names_what_should_be_gone(
    instance: dg.DagsterInstance,
    source: psycopg.Connection,
    shift_clock: ShiftClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fill(instance, "a")
    monkeypatch.setattr("catalog_assets.instance.assets.delete_old_events", lambda *_: 0)
    monkeypatch.setattr("catalog_assets.instance.assets.delete_old_files", lambda *_: 0)
    shift_clock(source, LATER + DAY)
    result = retain(instance)
    (found,) = (check for check in result.get_asset_check_evaluations() if check.asset_key == RUN_LOGS)
    assert not found.passed
    assert int(str(found.metadata["files"].value)) > 1
    assert int(str(found.metadata["events"].value)) > 10


def test_files_that_are_no_captured_output_stay(tmp_path: Path) -> None:
    kept = [tmp_path / "run" / "result", tmp_path / "other" / "compute_logs" / "young.out"]
    old = tmp_path / "run" / "compute_logs" / "step.out"
    for path in (*kept, old):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("12345", encoding="utf-8")
    for path in (kept[0], old):
        os.utime(path, (0, 0))
    assert delete_old_files(tmp_path, datetime(2026, 1, 1, tzinfo=UTC)) == 5
    assert all(path.exists() for path in kept)
    assert not old.parent.exists()
