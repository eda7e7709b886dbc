"""What of TMDB runs by itself: by Los Angeles' clock, by what is due, and never beside itself."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import psycopg
import pytest

from catalog_assets.build import build_definitions
from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES
from catalog_assets.tmdb.automation import PACIFIC, due_films, first_films, ingest_weekly, refresh_daily
from resources.dagster_resources import SourceDatabase

ShiftClock = Callable[[psycopg.Connection, timedelta], None]
SOURCE = {"source": SourceDatabase()}


@pytest.fixture
def connection(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    monkeypatch.setenv("TMDB_API_KEY", "ab" * 16)
    with psycopg.connect(source_url, autocommit=True) as opened:
        yield opened


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def keep_one(connection: psycopg.Connection, *, days_ago: float = 0) -> None:
    connection.execute(
        "INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)"
        " SELECT 'movie', count(*) + 1, 'test', ops.now() - make_interval(secs => %s) FROM tmdb.titles",
        (days_ago * 86_400,),
    )


def looked(instance: dg.DagsterInstance, sensor: dg.SensorDefinition = due_films) -> dg.SensorResult | dg.SkipReason:
    repository = build_definitions().get_repository_def()
    context = dg.build_sensor_context(
        instance=instance, resources=SOURCE, repository_def=repository, sensor_name=sensor.name
    )
    found = sensor(context)
    assert isinstance(found, (dg.SensorResult, dg.SkipReason))
    return found


def requested(found: dg.SensorResult | dg.SkipReason) -> dg.RunRequest:
    assert isinstance(found, dg.SensorResult)
    (request,) = found.run_requests or []
    return request


@pytest.mark.parametrize("month", [1, 7])
def test_the_schedules_keep_to_the_zones_clock_in_winter_and_in_summer(
    connection: psycopg.Connection, month: int
) -> None:
    keep_one(connection)
    sunday = datetime(2027, month, 3 if month == 1 else 4, 2, tzinfo=ZoneInfo(PACIFIC))
    context = dg.build_schedule_context(scheduled_execution_time=sunday.astimezone(UTC), resources=SOURCE)
    weekly = ingest_weekly(context)
    assert isinstance(weekly, dg.RunRequest)
    assert weekly.partition_key == sunday.date().isoformat()
    assert weekly.run_config["ops"]["tmdb__title_lists"]["config"] == {
        "source": "mixed_weekly",
        "max_movies": 50,
        "max_series": 50,
    }
    at = (sunday + timedelta(hours=1)).astimezone(UTC)
    assert at.hour == (11 if month == 1 else 10)
    daily = refresh_daily(dg.build_schedule_context(scheduled_execution_time=at, resources=SOURCE))
    assert isinstance(daily, dg.RunRequest)
    assert daily.tags["dagster/asset_partition_range_end"] == sunday.date().isoformat()


def test_the_daily_refresh_begins_at_the_oldest_day_that_was_not_read_to_its_end(
    connection: psycopg.Connection,
) -> None:
    keep_one(connection, days_ago=6)
    today = datetime.now(UTC).date()
    for back, after_end in ((6, True), (5, True), (4, False), (2, True)):
        day = today - timedelta(days=back)
        read_at = datetime.combine(day + timedelta(days=1), datetime.min.time(), UTC)
        connection.execute(
            "INSERT INTO tmdb.changed_days VALUES ('movie', %s, %s, 0)",
            (day, read_at + timedelta(hours=1 if after_end else -1)),
        )
    context = dg.build_schedule_context(scheduled_execution_time=datetime.now(UTC), resources=SOURCE)
    request = refresh_daily(context)
    assert isinstance(request, dg.RunRequest)
    assert request.tags["dagster/asset_partition_range_start"] == (today - timedelta(days=4)).isoformat()


def test_the_first_films_are_asked_for_once(connection: psycopg.Connection, instance: dg.DagsterInstance) -> None:
    assert isinstance(looked(instance), dg.SkipReason)
    request = requested(looked(instance, first_films))
    assert request.run_config["ops"]["tmdb__title_lists"]["config"] == {
        "source": "all",
        "max_movies": 50,
        "max_series": 50,
    }
    run = instance.create_run_for_job(build_definitions().resolve_job_def(TMDB_INGEST))
    assert isinstance(looked(instance, first_films), dg.SkipReason)
    instance.report_run_failed(run)
    assert requested(looked(instance, first_films))
    keep_one(connection)
    assert isinstance(looked(instance, first_films), dg.SkipReason)


def test_what_has_been_due_for_half_an_hour_is_asked_for(
    connection: psycopg.Connection, instance: dg.DagsterInstance, shift_clock: ShiftClock
) -> None:
    keep_one(connection)
    assert isinstance(looked(instance), dg.SkipReason)
    shift_clock(connection, timedelta(minutes=31))
    request = requested(looked(instance))
    assert due_films.job_name == TMDB_REFRESH
    assert {key.path[-1] for key in request.asset_selection or ()} == {"title_details", *TMDB_TABLES}
    connection.execute(
        "INSERT INTO tmdb.refreshes (work_id, lease, leased_until)"
        " SELECT work_id, gen_random_uuid(), ops.now() + interval '1 minute' FROM tmdb.titles"
    )
    assert isinstance(looked(instance), dg.SkipReason)


def test_without_a_key_nothing_is_asked_for(
    connection: psycopg.Connection, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TMDB_API_KEY")
    assert isinstance(looked(instance), dg.SkipReason)
    context = dg.build_schedule_context(scheduled_execution_time=datetime.now(UTC), resources=SOURCE)
    assert isinstance(ingest_weekly(context), dg.SkipReason)
    assert isinstance(refresh_daily(context), dg.SkipReason)
