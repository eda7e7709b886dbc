"""The asset of Dagster's own logs, and its check. It is a state, not a window, so it has no partitions."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
from dagster._core.storage.local_compute_log_manager import LocalComputeLogManager

from catalog_assets.health import read_now
from catalog_assets.hotstar.assets import DAY_FRESHNESS, OWNERS
from catalog_assets.instance.logs import (
    CALLS_KEPT_FOR,
    count_old_events,
    delete_old_calls,
    delete_old_check_results,
    delete_old_events,
    delete_old_files,
    measure,
    old_files,
)
from resources.dagster_resources import SourceDatabase
from resources.databases import CONNECT_SECONDS
from resources.errors import SettingsError
from resources.settings import load_settings

RUN_LOGS = dg.AssetKey(["dagster", "run_logs"])


@dg.asset(
    key=RUN_LOGS,
    description="Logs kept by age: Dagster's events that name no asset, results of checks and captured output, and the "
    "calls of services.",
    freshness_policy=DAY_FRESHNESS,
    group_name="dagster",
    owners=OWNERS,
    kinds={"postgres"},
    tags={"service": "dagster", "layer": "logs"},
    metadata={"dagster/table_name": "dagster.public.event_logs"},
)
def run_logs(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Deletes what is past keeping; the metadata tells what went and what is left."""
    before = _kept_since(source)
    folder = _output_folder(context.instance)
    with _dagster_database() as connection:
        events = delete_old_events(connection, before)
        results = delete_old_check_results(connection, before)
        size = measure(connection)
    freed = delete_old_files(folder, before) if folder else 0
    with source.database() as database, database.connection(autocommit=True) as connection:
        calls = delete_old_calls(connection, read_now(connection) - CALLS_KEPT_FOR)
    return dg.MaterializeResult(
        metadata={
            "events_removed": events,
            "check_results_removed": results,
            "output_bytes_freed": freed,
            "calls_removed": calls,
            "events_kept": size.events,
            "database_bytes": size.bytes,
            "kept_since": dg.MetadataValue.timestamp(before),
        }
    )


@dg.asset_check(
    asset=RUN_LOGS,
    name="logs_in_bounds",
    description="No event without an asset and no captured output is a day older than what is kept.",
    blocking=True,
)
def logs_in_bounds(context: dg.AssetCheckExecutionContext, source: SourceDatabase) -> dg.AssetCheckResult:
    """Counts what should be gone; a day is allowed, for runs that were not over."""
    before = _kept_since(source) - timedelta(days=1)
    folder = _output_folder(context.instance)
    with _dagster_database() as connection:
        events = count_old_events(connection, before)
    files = sum(1 for _ in old_files(folder, before)) if folder else 0
    return dg.AssetCheckResult(
        passed=not events and not files,
        severity=dg.AssetCheckSeverity.ERROR,
        description=f"{events} events and {files} files" if events or files else "none found",
        metadata={"events": events, "files": files},
    )


def _kept_since(source: SourceDatabase) -> datetime:
    with source.database() as database, database.connection() as connection:
        return read_now(connection) - timedelta(days=load_settings().keep_run_logs_days)


def _output_folder(instance: dg.DagsterInstance) -> Path | None:
    """Where this machine's runs leave their output; None if it is kept elsewhere, by rules of its own."""
    manager = instance.compute_log_manager
    if not isinstance(manager, LocalComputeLogManager):
        return None
    return Path(manager.get_captured_local_path(["run", "compute_logs", "step"], "out")).parents[2]


@contextmanager
def _dagster_database() -> Iterator[psycopg.Connection]:
    urls = load_settings().database_urls
    if urls is None:
        raise SettingsError(
            "DAGSTER_DATABASE_URL is not set: start Dagster with `catalog up`, or set what `catalog env` prints."
        )
    with psycopg.connect(
        urls.dagster.get_secret_value(), autocommit=True, connect_timeout=CONNECT_SECONDS
    ) as connection:
        yield connection
