"""What is wrong is found by rules, told once, and over when it is: by a real database, Dagster instance and webhook."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dagster as dg
import psycopg
import pytest
from dagster._core.storage.dagster_run import DagsterRunStatus

from catalog_assets import automation
from catalog_assets.health import close_interrupted, findings, running_syncs
from catalog_assets.hotstar.kinds import KINDS, MOVIE, Kind
from catalog_assets.hotstar.models import Movie
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from resources.dagster_resources import SourceDatabase
from tests.alert_servers import WebhookServer, serving
from tests.hotstar.stored import store_listing, store_page
from tests.syncs import add_census, add_run, add_sync

SHOW = Kind(name="show", plural="shows", path="/show/search", item=Movie)
ShiftClock = Callable[[psycopg.Connection, timedelta], None]


@pytest.fixture
def connection(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


@pytest.fixture
def hook() -> Iterator[WebhookServer]:
    server = WebhookServer()
    with serving(server):
        yield server


@pytest.fixture(autouse=True)
def environment(source_url: str, hook: WebhookServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The platform with its own database, made-up credentials and a webhook, without any `.env`."""
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    monkeypatch.setenv("HOTSTAR_PARTNER_ID", "partner")
    monkeypatch.setenv("HOTSTAR_AKAMAI_SECRET", "ab" * 32)
    monkeypatch.setenv("ALERT_WEBHOOK_URL", hook.url)


def now() -> datetime:
    return datetime.now(UTC)


def found(connection: psycopg.Connection, *, kind: Kind = MOVIE, is_on: bool = True) -> dict[str, str]:
    return {f.key.rpartition("/")[2]: f.summary for f in findings(connection, [kind], is_on=is_on)}


def look(instance: dg.DagsterInstance) -> str:
    """One tick of the sensor, as a daemon makes it; what the UI shows of it."""
    with dg.build_sensor_context(instance=instance, resources={"source": SourceDatabase()}) as context:
        result = automation.health(context)
    assert isinstance(result, dg.SkipReason)
    return str(result.skip_message)


# Rules ----------------------------------------------------------------------------------------------------------


def test_a_kind_that_fares_well_has_no_finding(connection: psycopg.Connection) -> None:
    add_census(connection, now() - timedelta(days=2))
    add_sync(connection, now() - timedelta(days=2), sync_type="initial")
    add_sync(connection, now() - timedelta(hours=3))
    assert found(connection) == {}


def test_a_kind_that_was_never_loaded_is_found_unless_the_service_is_off(connection: psycopg.Connection) -> None:
    assert list(found(connection)) == ["never"]
    assert found(connection, is_on=False) == {}


def test_no_sync_for_26_hours_is_found_at_that_moment(connection: psycopg.Connection, shift_clock: ShiftClock) -> None:
    add_sync(connection, now())
    for hours, keys in ((25.99, []), (26.01, ["late"])):
        shift_clock(connection, timedelta(hours=hours))
        assert list(found(connection)) == keys


def test_a_failed_poll_is_over_with_the_next_that_completes(connection: psycopg.Connection) -> None:
    add_sync(connection, now() - timedelta(hours=2), status="failed", message="hotstar answered 500 three times")
    assert "hotstar answered 500" in found(connection)["poll-failed"]
    add_sync(connection, now() - timedelta(minutes=1), status="running")
    assert list(found(connection)) == ["poll-failed"]
    add_sync(connection, now() - timedelta(hours=1))
    assert found(connection) == {}


def test_a_failed_census_is_not_hidden_by_the_polls_after_it(connection: psycopg.Connection) -> None:
    add_sync(connection, now() - timedelta(hours=9), sync_type="census", status="failed", message="cut off")
    add_sync(connection, now() - timedelta(hours=1))
    assert list(found(connection)) == ["census-failed"]


def test_a_census_that_stays_incomplete_is_found_after_eight_days(
    connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    add_census(connection, now())
    add_census(connection, now() + timedelta(days=7), status="incomplete")
    shift_clock(connection, timedelta(days=8, minutes=1))
    add_sync(connection, now() + timedelta(days=8))
    assert list(found(connection)) == ["census-overdue"]


def test_a_running_load_without_a_page_for_15_minutes_is_found(
    connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    add_sync(connection, now() - timedelta(minutes=30), sync_type="initial", status="running", run_id="run")
    assert list(found(connection)) == ["stuck"]
    listing = store_listing(connection, purpose="census", at=now(), status="running")
    store_page(connection, listing, b"{}", at=now())
    assert found(connection) == {}
    shift_clock(connection, timedelta(minutes=16))
    assert list(found(connection)) == ["stuck"]


def test_withheld_deletions_are_found_with_the_command_that_approves_them(connection: psycopg.Connection) -> None:
    add_sync(connection, now())
    connection.execute(
        "INSERT INTO hotstar.withheld_deletions (kind, content_id, reason, merge_id)"
        " SELECT 'movie', i::text, 'missing', 1 FROM generate_series(1, 12) AS i"
    )
    assert "--approve-deletions 12" in found(connection)["withheld"]


def test_findings_are_of_their_own_kind_alone(connection: psycopg.Connection) -> None:
    add_sync(connection, now(), kind="show", status="failed", message="cut off")
    assert list(found(connection, kind=SHOW)) == ["poll-failed"]
    assert list(found(connection)) == ["never"]


def test_a_credential_in_an_error_reaches_nobody(connection: psycopg.Connection) -> None:
    token = f"st=1~exp=2001~acl=/*~hmac={'0f' * 32}"
    add_sync(connection, now(), status="failed", message=f"GET with hdnea: {token} failed")
    summary = found(connection)["poll-failed"]
    assert "0f0f" not in summary
    assert "failed" in summary


# Log rows of killed runs ----------------------------------------------------------------------------------------


def test_only_the_rows_of_finished_runs_are_closed(connection: psycopg.Connection) -> None:
    killed = add_sync(connection, now(), status="running")
    alive = add_sync(connection, now(), status="running")
    assert close_interrupted(connection, [killed]) == [killed]
    row = connection.execute(
        "SELECT status, completed_at >= started_at, errors -> 0 ->> 'type' FROM hotstar.hotstar_sync_log"
        " WHERE run_id = %s",
        (killed,),
    ).fetchone()
    assert row == ("failed", True, "Interrupted")
    assert [sync.run_id for sync in running_syncs(connection)] == [alive]
    assert close_interrupted(connection, [killed]) == []


def test_the_sensor_closes_what_a_killed_run_left_and_spares_one_in_progress(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    add_census(connection, now())
    runs = {
        status: add_run(instance, now(), status=status)
        for status in (DagsterRunStatus.STARTED, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)
    }
    for run_id in runs.values():
        add_sync(connection, now(), status="running", run_id=run_id)
    said = look(instance)
    assert [sync.run_id for sync in running_syncs(connection)] == [runs[DagsterRunStatus.STARTED]]
    assert runs[DagsterRunStatus.FAILURE] in said


def test_a_run_that_dagster_does_not_know_is_over_once_it_is_quiet(
    connection: psycopg.Connection, instance: dg.DagsterInstance, shift_clock: ShiftClock
) -> None:
    add_census(connection, now())
    add_sync(connection, now(), status="running")
    look(instance)
    assert len(running_syncs(connection)) == 1
    shift_clock(connection, timedelta(minutes=16))
    look(instance)
    assert running_syncs(connection) == []


# Alerts ---------------------------------------------------------------------------------------------------------


def test_two_daemons_tell_a_failure_once_and_its_recovery_once(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer
) -> None:
    def both_look() -> None:
        with ThreadPoolExecutor(2) as daemons:
            for done in [daemons.submit(look, instance) for _ in range(4)]:
                done.result()

    add_sync(connection, now() - timedelta(hours=2), status="failed", message="the service is down")
    both_look()
    both_look()
    assert len(hook.texts) == 1
    assert "the service is down" in hook.texts[0]
    add_sync(connection, now())
    both_look()
    both_look()
    assert len(hook.texts) == 2
    assert "is over" in hook.texts[1]


def test_a_webhook_that_is_down_costs_no_tick_and_loses_no_alert(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer
) -> None:
    hook.status = 500
    add_sync(connection, now(), status="failed", message="cut off")
    assert re.search("poll-failed.*webhook: .*500", look(instance))
    hook.status = 200
    look(instance)
    look(instance)
    assert len(hook.texts) == 1


def test_a_new_platform_has_half_an_hour_before_anybody_is_told(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer, shift_clock: ShiftClock
) -> None:
    look(instance)
    assert hook.texts == []
    shift_clock(connection, timedelta(minutes=31))
    look(instance)
    assert ["never" in text for text in hook.texts] == [True] * len(KINDS)


@pytest.mark.parametrize(
    ("asset", "check"),
    [(dg.AssetKey(["hotstar", "movies"]), "every_id_kept"), (RETAINED_PAGES, "bodies_are_whole")],
)
def test_a_failed_check_is_told_once_and_is_over_when_it_passes(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer, asset: dg.AssetKey, check: str
) -> None:
    add_sync(connection, now())
    told = []
    for passed in (True, False, False, True):
        instance.report_runless_asset_event(dg.AssetCheckEvaluation(asset_key=asset, check_name=check, passed=passed))
        look(instance)
        told.append(len(hook.texts))
    assert told == [0, 1, 1, 2]
    assert f"The check {check} of {asset.to_user_string()} fails" in hook.texts[0]
    assert "is over" in hook.texts[1]


def test_a_check_that_only_warns_is_not_told(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer
) -> None:
    add_sync(connection, now())
    instance.report_runless_asset_event(
        dg.AssetCheckEvaluation(
            asset_key=dg.AssetKey(["hotstar", "movies"]),
            check_name="census_near_median",
            passed=False,
            severity=dg.AssetCheckSeverity.WARN,
        )
    )
    assert "checks/" not in look(instance)
    assert hook.texts == []


def test_each_failed_check_is_told_for_itself_and_one_that_mends_itself_after_two_hours(
    connection: psycopg.Connection, instance: dg.DagsterInstance, hook: WebhookServer, shift_clock: ShiftClock
) -> None:
    def evaluated(check: str, *, passed: bool = False) -> list[str]:
        asset = dg.AssetKey(["hotstar", "movies"])
        instance.report_runless_asset_event(dg.AssetCheckEvaluation(asset_key=asset, check_name=check, passed=passed))
        look(instance)
        return [next(name for name in NAMES if name in text) for text in hook.texts]

    add_census(connection, now())
    add_sync(connection, now())
    assert evaluated("coverage_has_no_hole") == []
    assert evaluated("every_id_kept") == ["every_id_kept"]
    assert evaluated("table_equals_census") == ["every_id_kept", "table_equals_census"]
    assert evaluated("every_id_kept", passed=True) == ["every_id_kept", "table_equals_census", "every_id_kept"]
    shift_clock(connection, timedelta(hours=2, minutes=1))
    assert evaluated("every_id_kept", passed=True)[3:] == ["coverage_has_no_hole"]


NAMES = ("every_id_kept", "table_equals_census", "coverage_has_no_hole")
