"""What of streaming runs by itself: by UTC's hours and days, by what is past its time to live, one job at a time."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache

import dagster as dg
import psycopg
import pytest
from psycopg import sql

from catalog_assets.build import build_definitions
from catalog_assets.jobs import AVAILABILITY, COMING_SOON, REFERENCE, STREAMING, TMDB_INGEST, TRENDING
from catalog_assets.streaming.automation import (
    OFF,
    SCHEDULES,
    asked_assets,
    forced,
    stale_streaming,
)
from resources.dagster_resources import SourceDatabase
from resources.settings import load_settings
from resources.statements import statement

ShiftClock = Callable[[psycopg.Connection, timedelta], None]
KEYS = {"TMDB_API_KEY": "ab" * 16, "WATCHMODE_API_KEY": "a-key-of-tests"}
TRAKT = {"TRAKT_ENABLED": "1", "TRAKT_CLIENT_ID": "a-client", "TRAKT_CONTACT": "https://example.org"}
RULES = {TRENDING: "tmdb_trending", REFERENCE: "tmdb_reference", COMING_SOON: "coming_soon"}
KINDS = [(media, window) for media in ("movie", "tv") for window in ("day", "week")]
ASKED: dict[str, list[tuple[str, str, str | None, str | None, str | None]]] = {
    TRENDING: [("tmdb", "trending", media, window, None) for media, window in KINDS],
    REFERENCE: [("tmdb", "watch_providers", "movie", None, None)],
    COMING_SOON: [("tmdb", "upcoming", "movie", None, "US"), ("watchmode", "releases", None, None, "US")],
}
"""What a run of a job asks for: service, endpoint, kind, window, region."""
OLDER = "UPDATE streaming.pages SET sent_at = sent_at - interval"
NIGHT = datetime(2026, 12, 1, 0, 40, tzinfo=UTC)


built = cache(build_definitions)


@pytest.fixture
def connection(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection]:
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    for name, key in KEYS.items():
        monkeypatch.setenv(name, key)
    with psycopg.connect(source_url, autocommit=True) as opened:
        opened.execute(
            "INSERT INTO streaming.ttls VALUES"
            " ('aggregated_trending', '1 hour'), ('coming_soon', '24 hours'), ('id_map', '24 hours'),"
            " ('tmdb_reference', '24 hours'), ('watchmode_availability', '12 hours'), ('tmdb_trending', '3 hours')"
        )
        opened.execute(
            "INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at) VALUES ('movie', 1, 'x', ops.now())"
        )
        yield opened


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def looked(instance: dg.DagsterInstance) -> dg.SensorResult | dg.SkipReason:
    repository = built().get_repository_def()
    context = dg.build_sensor_context(
        instance=instance,
        resources={"source": SourceDatabase()},
        repository_def=repository,
        sensor_name=stale_streaming.name,
    )
    found = stale_streaming(context)
    assert isinstance(found, (dg.SensorResult, dg.SkipReason))
    return found


def requested(found: dg.SensorResult | dg.SkipReason) -> dg.RunRequest:
    assert isinstance(found, dg.SensorResult), found
    (request,) = found.run_requests or []
    return request


def names(job: str) -> list[str]:
    return [key.to_user_string() for key in asked_assets(job, load_settings())]


def launch(instance: dg.DagsterInstance, request: dg.RunRequest) -> dg.DagsterRun:
    """A run as the daemon would make it of a sensor's request."""
    job = built().resolve_job_def(request.job_name or "")
    return instance.create_run_for_job(job, tags={"dagster/sensor_name": stale_streaming.name})


def make_fresh(connection: psycopg.Connection, job: str) -> None:
    """What a run of a job would leave behind."""
    page = sql.SQL(
        "INSERT INTO streaming.pages (service, endpoint, rule, cache_key, media_type, time_window, region, path,"
        " params, status, sent_at, received_at, body, body_bytes, body_sha256, run_id)"
        " SELECT a.service, a.endpoint, {}, concat_ws(':', a.*), a.media_type, a.time_window, a.region, '/', '{{}}',"
        " 200, ops.now(), ops.now(), '{{}}', 2, '', 'r'"
        " FROM unnest({}::text[], {}::text[], {}::text[], {}::text[], {}::text[])"
        " AS a (service, endpoint, media_type, time_window, region)"
        " RETURNING page_id, media_type, time_window"
    ).format(RULES[job], *map(list, zip(*ASKED[job], strict=True)))
    left = {
        TRENDING: "INSERT INTO streaming.trending_snapshots (hour, media_type, time_window, source, made_at,"
        " fetched_at, expires_at, page_id, is_stale, sources_used, scale, ttls)"
        " SELECT date_trunc('hour', ops.now(), 'UTC'), media_type, time_window, 'aggregated', ops.now(), ops.now(),"
        " ops.now(), page_id, false, '{tmdb}', 50, '{}' FROM page",
        REFERENCE: "INSERT INTO streaming.id_map_loads (run_id, loaded_at, verified_at, body_sha256)"
        " SELECT 'r', ops.now(), ops.now(), ''",
        COMING_SOON: "INSERT INTO streaming.coming_soon_merges (run_id, made_at, regions, page_ids, details_page_ids,"
        " releases, unmapped, rejected, rows) SELECT 'r', ops.now(), '{US}', '{}', '{}', 0, 0, 0, 0",
    }
    connection.execute(sql.SQL("WITH page AS ({}) {}").format(page, sql.SQL(left[job])))


def test_the_schedules_go_by_utcs_hours_and_days(connection: psycopg.Connection) -> None:
    asked = {
        "trending_hourly": (TRENDING, "2026-12-01-00:00"),
        "availability_hourly": (AVAILABILITY, "2026-12-01"),
        "reference_daily": (REFERENCE, "2026-12-01"),
        "coming_soon_daily": (COMING_SOON, "2026-12-01"),
    }
    assert [schedule.name for schedule in SCHEDULES] == list(asked)
    for schedule in SCHEDULES:
        job, partition = asked[schedule.name]
        assert schedule.execution_timezone == "UTC"
        request = schedule(dg.build_schedule_context(scheduled_execution_time=NIGHT))
        assert isinstance(request, dg.RunRequest)
        assert schedule.job_name == job
        assert request.partition_key == partition
        assert request.asset_selection == asked_assets(job, load_settings())
    partitions = built().resolve_job_def(TRENDING).partitions_def
    assert partitions is not None
    assert "2026-12-01-00:00" in partitions.get_partition_keys(current_time=NIGHT)  # the hour that is not over


def test_a_run_takes_what_the_services_that_are_on_can_tell(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    for job, (whole, _) in STREAMING.items():
        assert names(job) == [name for name in whole if not name.startswith("trakt/")]
    monkeypatch.delenv("WATCHMODE_API_KEY")
    assert names(REFERENCE) == ["streaming/providers"]
    assert names(AVAILABILITY) == ["streaming/availability"]
    for name, value in TRAKT.items():
        monkeypatch.setenv(name, value)
    assert names(TRENDING) == list(STREAMING[TRENDING][0])
    monkeypatch.delenv("TMDB_API_KEY")
    assert names(TRENDING) == ["trakt/trending_pages", "trakt/trending_entries"]
    for name in TRAKT:
        monkeypatch.delenv(name)
    skipped = SCHEDULES[0](dg.build_schedule_context(scheduled_execution_time=NIGHT))
    assert isinstance(skipped, dg.SkipReason)
    assert skipped.skip_message == OFF


def test_a_new_platform_asks_for_everything_one_job_after_the_other_once_tmdb_was_tried(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    connection.execute("DELETE FROM tmdb.titles")
    waits = [looked(instance)]
    ingest = instance.create_run_for_job(built().resolve_job_def(TMDB_INGEST))
    waits.append(looked(instance))
    assert [each.skip_message for each in waits if isinstance(each, dg.SkipReason)] == [
        "TMDB's first titles come first."
    ] * 2
    instance.report_run_failed(ingest)
    for job in (REFERENCE, TRENDING, COMING_SOON):  # no work is there, whose offers could be merged
        request = requested(looked(instance))
        assert request.job_name == job
        run = launch(instance, request)
        assert isinstance(looked(instance), dg.SkipReason)  # never beside another
        make_fresh(connection, request.job_name or "")
        instance.report_run_failed(run)  # finished, in whatever way
    over = looked(instance)
    assert isinstance(over, dg.SkipReason)
    assert over.skip_message == "Nothing is past its time to live."


def test_what_failed_is_asked_for_again_after_a_pause(
    connection: psycopg.Connection, instance: dg.DagsterInstance, shift_clock: ShiftClock
) -> None:
    for job in (REFERENCE, COMING_SOON):
        make_fresh(connection, job)
    request = requested(looked(instance))
    assert (request.job_name, request.partition_key) == (TRENDING, datetime.now(UTC).strftime("%Y-%m-%d-%H:00"))
    instance.report_run_failed(launch(instance, request))
    waits = looked(instance)
    assert isinstance(waits, dg.SkipReason)
    assert waits.skip_message == "What is stale was asked for less than half an hour ago."
    shift_clock(connection, timedelta(minutes=31))
    assert requested(looked(instance)).job_name == TRENDING


@pytest.mark.parametrize(
    ("after", "stale"),
    [
        (timedelta(hours=1, minutes=14), set()),
        (timedelta(hours=1, minutes=16), {TRENDING}),
        (timedelta(hours=24, minutes=4), {TRENDING}),
        (timedelta(hours=24, minutes=6), {TRENDING, COMING_SOON}),
        (timedelta(hours=25, minutes=59), {TRENDING, COMING_SOON}),
        (timedelta(hours=26, minutes=1), {TRENDING, REFERENCE, COMING_SOON}),
        (timedelta(hours=-2), {TRENDING, REFERENCE, COMING_SOON}),  # the clock was ahead, and was put right
    ],
)
def test_times_to_live_say_what_is_stale(
    connection: psycopg.Connection, shift_clock: ShiftClock, after: timedelta, stale: set[str]
) -> None:
    for job in (TRENDING, REFERENCE, COMING_SOON):
        make_fresh(connection, job)
    shift_clock(connection, after)
    found = connection.execute(
        statement("streaming/list_stale"), {"tmdb": True, "watchmode": True, "trakt": False}
    ).fetchall()
    assert {job for (job,) in found} == stale


@pytest.mark.parametrize(
    ("lost", "stale"),
    [
        ("DELETE FROM streaming.trending_snapshots WHERE media_type = 'tv' AND time_window = 'week'", {TRENDING}),
        (f"{OLDER} '3 hours 6 minutes' WHERE time_window = 'week'", {TRENDING}),
        (f"{OLDER} '3 hours 4 minutes' WHERE time_window = 'week'", set()),
        (f"{OLDER} '24 hours 6 minutes' WHERE endpoint = 'releases'", {COMING_SOON}),
        ("UPDATE streaming.coming_soon_merges SET regions = '{US,IN}'", {COMING_SOON}),
        ("UPDATE streaming.id_map_loads SET verified_at = NULL, body_sha256 = NULL, refused = 'so'", set()),
    ],
    ids=["one kind", "two lists", "not yet", "one service", "a new region", "a refused file is not asked for again"],
)
def test_each_answer_counts_by_itself(connection: psycopg.Connection, lost: str, stale: set[str]) -> None:
    for job in (TRENDING, REFERENCE, COMING_SOON):
        make_fresh(connection, job)
    connection.execute(lost.encode())
    found = connection.execute(
        statement("streaming/list_stale"), {"tmdb": True, "watchmode": True, "trakt": False}
    ).fetchall()
    assert {job for (job,) in found} == stale


def test_where_trakt_is_on_its_lists_count_too(connection: psycopg.Connection) -> None:
    make_fresh(connection, TRENDING)
    for trakt in (False, True):
        services = {"tmdb": True, "watchmode": False, "trakt": trakt}
        found = connection.execute(statement("streaming/list_stale"), services).fetchall()
        assert (("trending",) in found) == trakt


def test_where_watchmode_is_off_its_ids_are_not_missed(
    connection: psycopg.Connection, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    for job in (TRENDING, REFERENCE, COMING_SOON):
        make_fresh(connection, job)
    connection.execute("TRUNCATE streaming.id_map_loads")
    assert requested(looked(instance)).job_name == REFERENCE
    monkeypatch.delenv("WATCHMODE_API_KEY")
    assert isinstance(looked(instance), dg.SkipReason)
    monkeypatch.delenv("TMDB_API_KEY")
    off = looked(instance)
    assert isinstance(off, dg.SkipReason)
    assert off.skip_message == OFF


def test_every_asset_that_asks_can_be_told_to_ask_whatever_is_stored(connection: psycopg.Connection) -> None:
    definitions = built()
    asking = {name.replace("/", "__") for keys, _ in STREAMING.values() for name in keys if "pages" in name}
    asking |= {"streaming__id_mappings", "streaming__providers"}
    told = set[str]()
    for job, (keys, _) in STREAMING.items():
        configuration = forced([dg.AssetKey.from_user_string(key) for key in keys])
        told |= configuration.keys()
        dg.validate_run_config(
            definitions.resolve_job_def(job), {"ops": {step: {"config": each} for step, each in configuration.items()}}
        )
    assert told == asking
