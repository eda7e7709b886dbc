"""What is asked for when: ticks at times of the database's clock, against a real database and Dagster instance."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from dagster._core.definitions.asset_key import AssetKey
from dagster._core.definitions.freshness import FreshnessState, FreshnessStateChange
from dagster._core.storage.dagster_run import DagsterRunStatus
from hypothesis import given
from hypothesis import strategies as st

from catalog_assets import automation
from catalog_assets.build import build_definitions
from catalog_assets.due import Days, adjoining, census_deadline, day_of, days_of
from catalog_assets.hotstar.kinds import MOVIE, Kind
from catalog_assets.hotstar.models import Movie
from resources.dagster_resources import SourceDatabase
from tests.syncs import INDIA, SetClock, add_census, add_run, add_sync, cover, india

RESOURCES = {"source": SourceDatabase()}
SHOW = Kind(name="show", plural="shows", path="/show/search", item=Movie)


@pytest.fixture(autouse=True)
def films_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are shown on one kind; who has more says so."""
    monkeypatch.setattr(automation, "ALL", (MOVIE,))


@pytest.fixture
def connection(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def set_clock(connection: psycopg.Connection, shift_clock: Callable[[psycopg.Connection, timedelta], None]) -> SetClock:
    """Set the database's clock to an instant, from which it goes on."""
    return lambda at: shift_clock(connection, at - datetime.now(UTC))


@pytest.fixture(autouse=True)
def environment(source_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform with its own database and made-up credentials, without any `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    monkeypatch.setenv("HOTSTAR_PARTNER_ID", "partner")
    monkeypatch.setenv("HOTSTAR_AKAMAI_SECRET", "ab" * 32)


class Ticks:
    """Evaluates one sensor tick after tick, keeping its cursor as the daemon does."""

    def __init__(self, sensor: dg.SensorDefinition, instance: dg.DagsterInstance) -> None:
        self.sensor, self.instance = sensor, instance
        self.cursor: str | None = None

    def __call__(self) -> list[dg.RunRequest]:
        result = self.look()
        return list(result.run_requests or [])

    def look(self) -> dg.SensorResult:
        context = dg.build_sensor_context(
            instance=self.instance, cursor=self.cursor, sensor_name=self.sensor.name, resources=RESOURCES
        )
        result = self.sensor(context)
        assert isinstance(result, dg.SensorResult)
        self.cursor = result.cursor or self.cursor
        return result

    def why_not(self) -> str:
        result = self.look()
        assert not result.run_requests
        assert result.skip_reason is not None
        return str(result.skip_reason.skip_message)


def scheduled(schedule: dg.ScheduleDefinition, at: datetime) -> dg.RunRequest | dg.SkipReason:
    with dg.build_schedule_context(scheduled_execution_time=at, resources=RESOURCES) as context:
        result = schedule(context)
    assert isinstance(result, dg.RunRequest | dg.SkipReason)
    return result


def fail_freshness(instance: dg.DagsterInstance, *key: str, at: datetime) -> None:
    """As Dagster's freshness daemon reports it, once when the state changes."""
    instance._report_runless_asset_event(
        FreshnessStateChange(
            key=AssetKey(key),
            previous_state=FreshnessState.PASS,
            new_state=FreshnessState.FAIL,
            state_change_timestamp=at.timestamp(),
        )
    )


# The calendar ---------------------------------------------------------------------------------------------------


def test_sunday_2030_utc_is_monday_0200_in_india() -> None:
    deadline = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    assert census_deadline(deadline) == india("2026-11-23 02:00") == deadline
    assert census_deadline(deadline - timedelta(seconds=1)) == india("2026-11-16 02:00")
    assert day_of(datetime(2026, 11, 22, 18, 29, tzinfo=UTC)) == date(2026, 11, 22)
    assert day_of(datetime(2026, 11, 22, 18, 30, tzinfo=UTC)) == date(2026, 11, 23)


@given(st.datetimes(min_value=datetime(2020, 1, 1), max_value=datetime(2040, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001
def test_the_deadline_is_a_monday_0200_less_than_a_week_ago(now: datetime) -> None:
    deadline = census_deadline(now).astimezone(INDIA)
    assert (deadline.weekday(), deadline.hour, deadline.minute) == (0, 2, 0)
    assert timedelta(0) <= now - deadline < timedelta(days=7)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 8))), st.integers(0, 60))
def test_adjoining_days_keep_every_day_and_leave_a_gap_between_spans(spans: list[tuple[int, int]], first: int) -> None:
    start = date(2026, 11, 1)
    given_days = [Days(start + timedelta(days=a), start + timedelta(days=a + length)) for a, length in spans]
    earliest = start + timedelta(days=first)
    joined = adjoining(given_days, earliest=earliest)
    kept = [d for span in joined for d in _each(span)]
    assert kept == sorted({d for span in given_days for d in _each(span) if d >= earliest})
    assert all((b.first - a.last).days > 1 for a, b in pairwise(joined))


def _each(span: Days) -> list[date]:
    return [span.first + timedelta(days=n) for n in range((span.last - span.first).days + 1)]


def test_a_hole_that_ends_at_midnight_does_not_touch_the_next_day() -> None:
    assert days_of(india("2026-11-20 10:00"), india("2026-11-21 00:00")) == Days(date(2026, 11, 20), date(2026, 11, 20))


# Schedules ------------------------------------------------------------------------------------------------------


def test_today_is_polled_and_yesterday_closed_by_the_days_of_india(connection: psycopg.Connection) -> None:
    add_census(connection, india("2026-11-20 10:00"))
    at = datetime(2026, 11, 22, 20, 30, tzinfo=UTC)
    closing = scheduled(automation.close_yesterday, at)
    assert isinstance(closing, dg.RunRequest)
    assert (closing.partition_key, closing.asset_selection) == ("2026-11-22", None)
    poll = scheduled(automation.poll_today, datetime(2026, 11, 22, 18, 30, tzinfo=UTC))
    assert isinstance(poll, dg.RunRequest)
    assert poll.partition_key == "2026-11-23"
    assert scheduled(automation.poll_today, datetime(2026, 11, 22, 18, 30, tzinfo=UTC)) == poll


def test_retention_runs_once_a_day_of_india() -> None:
    morning = scheduled(automation.remove_past_keeping, india("2026-11-21 05:15"))
    assert isinstance(morning, dg.RunRequest)
    assert (morning.run_key, morning.partition_key) == ("retention 2026-11-21", None)


def test_the_schedules_tick_by_the_clock_of_india() -> None:
    assert (automation.poll_today.cron_schedule, automation.poll_today.execution_timezone) == (
        "0 */4 * * *",
        "Asia/Kolkata",
    )
    assert (automation.close_yesterday.cron_schedule, automation.close_yesterday.execution_timezone) == (
        "0 2 * * *",
        "Asia/Kolkata",
    )


def test_nothing_is_polled_before_the_first_census(connection: psycopg.Connection) -> None:
    add_census(connection, india("2026-11-20 10:00"), status="incomplete")
    for schedule in (automation.poll_today, automation.close_yesterday):
        skipped = scheduled(schedule, india("2026-11-21 04:00"))
        assert isinstance(skipped, dg.SkipReason)
        assert "no kind has a complete census" in str(skipped.skip_message).lower()


def test_a_kind_without_a_census_is_left_out_of_a_poll(
    connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(automation, "ALL", (MOVIE, SHOW))
    add_census(connection, india("2026-11-20 10:00"), kind="show")
    poll = scheduled(automation.poll_today, india("2026-11-21 04:00"))
    assert isinstance(poll, dg.RunRequest)
    assert poll.asset_selection == [AssetKey(["hotstar", "show_updates"]), AssetKey(["hotstar", "shows"])]


def test_everything_says_that_the_service_is_off(
    connection: psycopg.Connection, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_census(connection, india("2026-11-02 10:00"))
    monkeypatch.delenv("HOTSTAR_PARTNER_ID")
    monkeypatch.delenv("HOTSTAR_AKAMAI_SECRET")
    for sensor in (automation.census_due, automation.coverage_holes, automation.stale_assets):
        assert "no credentials" in Ticks(sensor, instance).why_not()
    assert isinstance(scheduled(automation.poll_today, india("2026-11-21 04:00")), dg.SkipReason)


# The week's census ----------------------------------------------------------------------------------------------


def test_the_first_census_is_asked_for_after_two_minutes_unless_somebody_launches_it(
    instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick, now = Ticks(automation.census_due, instance), india("2026-11-21 10:00")
    set_clock(now)
    assert "in a moment" in tick.why_not()
    set_clock(now + timedelta(minutes=1))
    assert "in a moment" in tick.why_not()
    set_clock(now + timedelta(minutes=2, seconds=1))
    (request,) = tick()
    assert request.partition_key == "2026-11-21"
    assert request.asset_selection is None
    add_run(instance, now, job="census", status=DagsterRunStatus.STARTING)
    assert "census is queued" in tick.why_not()


def test_a_daemon_that_was_away_watches_again_before_it_asks(instance: dg.DagsterInstance, set_clock: SetClock) -> None:
    tick, now = Ticks(automation.census_due, instance), india("2026-11-21 10:00")
    for at in (now, now + timedelta(days=1)):
        set_clock(at)
        assert "in a moment" in tick.why_not()


def test_a_census_is_due_on_monday_0200_after_the_closing_of_sunday(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick, monday = Ticks(automation.census_due, instance), india("2026-11-23 02:00")
    add_census(connection, india("2026-11-16 02:05"))
    set_clock(monday - timedelta(minutes=1))
    assert "complete census since 2026-11-16" in tick.why_not()
    set_clock(monday)
    assert "closing" in tick.why_not()
    closing = add_run(instance, monday, status=DagsterRunStatus.STARTED, tags={"dagster/partition": "2026-11-22"})
    assert "poll is queued" in tick.why_not()
    instance.report_run_canceled(_run(instance, closing))
    add_sync(connection, monday + timedelta(seconds=5), sync_type="daily")
    (request,) = tick()
    assert request.partition_key == "2026-11-23"


def test_a_closing_that_never_came_holds_the_census_up_for_an_hour(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    add_census(connection, india("2026-11-16 02:05"))
    set_clock(india("2026-11-23 02:59"))
    assert "closing" in Ticks(automation.census_due, instance).why_not()
    set_clock(india("2026-11-23 03:00"))
    assert len(Ticks(automation.census_due, instance)()) == 1


def test_a_failed_monday_is_made_good_on_tuesday_and_no_sooner_than_every_six_hours(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick = Ticks(automation.census_due, instance)
    add_census(connection, india("2026-11-16 02:05"))
    add_census(connection, india("2026-11-23 02:05"), status="incomplete")
    add_run(instance, india("2026-11-23 02:04"), job="census", status=DagsterRunStatus.FAILURE)
    set_clock(india("2026-11-23 08:00"))
    assert "6 hours" in tick.why_not()
    set_clock(india("2026-11-23 08:05"))
    (first,) = tick()
    add_run(instance, india("2026-11-23 08:05"), job="census", status=DagsterRunStatus.FAILURE)
    set_clock(india("2026-11-23 08:06"))
    assert "6 hours" in tick.why_not()
    set_clock(india("2026-11-24 12:00"))
    (second,) = tick()
    assert first.run_key != second.run_key


def test_the_same_tick_repeated_asks_with_the_same_key(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    add_census(connection, india("2026-11-09 02:05"))
    set_clock(india("2026-11-18 12:00"))
    once, again = Ticks(automation.census_due, instance)(), Ticks(automation.census_due, instance)()
    assert [request.run_key for request in once] == [request.run_key for request in again]


def test_a_census_of_one_kind_only_is_asked_for_where_the_others_are_young(
    connection: psycopg.Connection,
    instance: dg.DagsterInstance,
    set_clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automation, "ALL", (MOVIE, SHOW))
    add_census(connection, india("2026-11-17 02:05"))
    add_census(connection, india("2026-11-10 02:05"), kind="show")
    set_clock(india("2026-11-18 12:00"))
    (request,) = Ticks(automation.census_due, instance)()
    assert request.asset_selection == [AssetKey(["hotstar", "show_census"]), AssetKey(["hotstar", "shows"])]


def test_a_census_launched_from_its_asset_s_page_counts(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    now = india("2026-11-18 12:00")
    add_census(connection, india("2026-11-09 02:05"))
    set_clock(now)
    census = [AssetKey(["hotstar", "movie_census"])]
    add_run(instance, now, job="__ASSET_JOB", status=DagsterRunStatus.STARTED, assets=census)
    assert "census is queued" in Ticks(automation.census_due, instance).why_not()


def test_a_run_that_was_never_queued_blocks_nothing_for_long(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    now = india("2026-11-18 12:00")
    add_census(connection, india("2026-11-09 02:05"))
    set_clock(now)
    add_run(instance, now - timedelta(hours=7), job="census", status=DagsterRunStatus.NOT_STARTED)
    assert len(Ticks(automation.census_due, instance)()) == 1


# Holes ----------------------------------------------------------------------------------------------------------


def test_an_outage_of_thirty_days_is_filled_by_one_run_over_all_its_days(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    add_census(connection, india("2026-11-21 10:00"))
    set_clock(india("2026-12-21 12:00"))
    (request,) = Ticks(automation.coverage_holes, instance)()
    assert request.tags["dagster/asset_partition_range_start"] == "2026-11-21"
    assert request.tags["dagster/asset_partition_range_end"] == "2026-12-21"
    assert request.partition_key is None


def test_holes_apart_are_asked_for_one_after_the_other_the_oldest_first(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick, now = Ticks(automation.coverage_holes, instance), india("2026-11-21 12:00")
    add_census(connection, india("2026-11-09 10:00"))
    cover(connection, india("2026-11-10 06:00"), india("2026-11-13 02:00"))
    cover(connection, india("2026-11-13 06:00"), now)
    set_clock(now)
    (first,) = tick()
    assert first.tags["dagster/asset_partition_range_start"] == "2026-11-09"
    assert first.tags["dagster/asset_partition_range_end"] == "2026-11-10"
    ours = {"dagster/sensor_name": "coverage_holes"}
    asked = add_run(instance, now, status=DagsterRunStatus.STARTED, tags={**ours, **first.tags})
    assert "in progress" in tick.why_not()
    instance.report_run_canceled(_run(instance, asked))
    (second,) = tick()
    assert second.partition_key == "2026-11-13"
    add_run(instance, now, tags={**ours, "dagster/partition": "2026-11-13"})
    assert "less than an hour ago" in tick.why_not()
    set_clock(now + timedelta(minutes=61))
    assert len(tick()) == 1


def test_the_newest_hours_are_a_hole_once_the_next_poll_is_overdue(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick = Ticks(automation.coverage_holes, instance)
    add_census(connection, india("2026-11-21 07:50"))
    set_clock(india("2026-11-21 12:29"))
    assert tick.why_not() == "No hole."
    set_clock(india("2026-11-21 12:31"))
    (request,) = tick()
    assert request.partition_key == "2026-11-21"


def test_before_a_census_there_is_no_hole(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    cover(connection, india("2026-11-02 06:00"), india("2026-11-03 02:00"))
    set_clock(india("2026-11-21 12:00"))
    assert Ticks(automation.coverage_holes, instance).why_not() == "No hole."


def test_only_the_kind_that_lacks_a_day_is_listed_again(
    connection: psycopg.Connection,
    instance: dg.DagsterInstance,
    set_clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(automation, "ALL", (MOVIE, SHOW))
    now = india("2026-11-21 12:00")
    for kind in ("movie", "show"):
        add_census(connection, india("2026-11-19 10:00"), kind=kind)
    cover(connection, india("2026-11-19 10:00"), now)
    set_clock(now)
    (request,) = Ticks(automation.coverage_holes, instance)()
    assert request.asset_selection == [AssetKey(["hotstar", "show_updates"]), AssetKey(["hotstar", "shows"])]


# Staleness ------------------------------------------------------------------------------------------------------


def test_a_stale_table_is_polled_once_a_failure(
    connection: psycopg.Connection, instance: dg.DagsterInstance, set_clock: SetClock
) -> None:
    tick, now = Ticks(automation.stale_assets, instance), india("2026-11-21 12:00")
    add_census(connection, india("2026-11-19 10:00"))
    set_clock(now)
    assert "Nothing failed" in tick.why_not()
    fail_freshness(instance, "hotstar", "movies", at=now)
    polling = add_run(instance, now, status=DagsterRunStatus.STARTING)
    assert "in progress" in tick.why_not()
    instance.report_run_canceled(_run(instance, polling))
    (request,) = tick()
    assert request.partition_key == "2026-11-21"
    assert "Nothing failed" in tick.why_not()
    fail_freshness(instance, "hotstar", "movie_updates", at=now + timedelta(hours=1))
    assert len(tick()) == 1
    assert "Nothing failed" in tick.why_not()


def _run(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRun:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run


# The code location ----------------------------------------------------------------------------------------------


def test_the_code_location_runs_all_of_it_by_default() -> None:
    repository = build_definitions().get_repository_def()
    assert {s.name for s in repository.schedule_defs} == {
        "poll_today",
        "close_yesterday",
        "poll_live_matches",
        "write_yesterdays_figures",
        "remove_past_keeping",
        *("ingest_weekly", "refresh_daily"),
        *("trending_hourly", "availability_hourly", "reference_daily", "coming_soon_daily"),
    }
    assert all(s.default_status is dg.DefaultScheduleStatus.RUNNING for s in repository.schedule_defs)
    assert {"census_due", "coverage_holes", "stale_assets", "health"} <= {s.name for s in repository.sensor_defs}
    for sensor in automation.automation()[1]:
        assert repository.get_sensor_def(sensor.name).default_status is dg.DefaultSensorStatus.RUNNING


def test_dagster_takes_the_requests_of_a_day_and_of_a_range_of_days(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    repository = build_definitions().get_repository_def()
    at = datetime.now(UTC) - timedelta(days=5)
    add_census(connection, at)
    context = dg.build_schedule_context(
        instance=instance, repository_def=repository, scheduled_execution_time=datetime.now(UTC), resources=RESOURCES
    )
    polled = automation.poll_today.evaluate_tick(context)
    assert [request.partition_key for request in polled.run_requests or []] == [day_of(datetime.now(UTC)).isoformat()]
    looking = dg.build_sensor_context(
        instance=instance, repository_def=repository, sensor_name="coverage_holes", resources=RESOURCES
    )
    holes = automation.coverage_holes.evaluate_tick(looking)
    (request,) = holes.run_requests or []
    assert request.partition_key_range is not None
    assert request.partition_key_range.start == day_of(at).isoformat()
    assert request.job_name in {None, "poll"}
