"""What automation, health and status look at, put into a database and a Dagster instance as past runs leave it."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import dagster as dg
import psycopg
from dagster._core.storage.dagster_run import DagsterRunStatus

INDIA = ZoneInfo("Asia/Kolkata")

SetClock = Callable[[datetime], None]


def india(text: str) -> datetime:
    """`2026-11-23 02:00` in India."""
    return datetime.fromisoformat(text).replace(tzinfo=INDIA)


def add_census(
    connection: psycopg.Connection, at: datetime, *, kind: str = "movie", status: str = "complete", run_id: str = "run"
) -> int:
    """A census begun at a time; a complete one covers update time from an hour before to ten minutes after."""
    ended = None if status == "running" else at + timedelta(minutes=10)
    row = connection.execute(
        "INSERT INTO hotstar.listings (kind, purpose, run_id, started_at, completed_at, status)"
        " VALUES (%s, 'census', %s, %s, %s, %s) RETURNING listing_id",
        (kind, run_id, at, ended, status),
    ).fetchone()
    assert row is not None
    if status == "complete":
        cover(connection, at - timedelta(hours=1), at + timedelta(minutes=10), kind=kind)
    connection.commit()
    return int(row[0])


def cover(connection: psycopg.Connection, start: datetime, end: datetime, *, kind: str = "movie") -> None:
    """Update time listed to its end."""
    connection.execute(
        "WITH listed AS (INSERT INTO hotstar.listings (kind, purpose, run_id, started_at, completed_at, status)"
        " VALUES (%(kind)s, 'update', 'run', %(end)s, %(end)s, 'complete') RETURNING listing_id)"
        " INSERT INTO hotstar.coverage (kind, covered, listing_id)"
        " SELECT %(kind)s, tstzrange(%(start)s, %(end)s), listing_id FROM listed",
        {"kind": kind, "start": start, "end": end},
    )
    connection.commit()


def add_sync(
    connection: psycopg.Connection,
    at: datetime,
    *,
    sync_type: str = "incremental",
    status: str = "completed",
    kind: str = "movie",
    run_id: str | None = None,
    message: str | None = None,
) -> str:
    """A row of the sync log, ended after a minute unless it runs."""
    run_id = run_id or uuid4().hex
    connection.execute(
        "INSERT INTO hotstar.hotstar_sync_log (kind, sync_type, run_id, started_at, completed_at, status, errors)"
        " VALUES (%s, %s, %s, %s, %s, %s, CASE WHEN %s::text IS NULL THEN '[]'"
        " ELSE jsonb_build_array(jsonb_build_object('type', 'ServiceError', 'message', %s::text)) END)",
        (
            kind,
            sync_type,
            run_id,
            at,
            None if status == "running" else at + timedelta(minutes=1),
            status,
            message,
            message,
        ),
    )
    connection.commit()
    return run_id


def add_run(
    instance: dg.DagsterInstance,
    at: datetime,
    *,
    job: str = "poll",
    status: DagsterRunStatus = DagsterRunStatus.SUCCESS,
    tags: dict[str, str] | None = None,
    assets: Collection[dg.AssetKey] | None = None,
    run_id: str | None = None,
) -> str:
    """A Dagster run created at a time."""
    run = dg.DagsterRun(
        job_name=job,
        run_id=run_id or str(uuid4()),
        status=status,
        tags=tags or {},
        asset_selection=frozenset(assets) if assets else None,
    )
    instance.run_storage.add_historical_run(run, at.astimezone(UTC).replace(tzinfo=None))
    return run.run_id
