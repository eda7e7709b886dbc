"""`catalog status` says what needs a person, exits with 1 then, and never shows a credential."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from secrets import token_hex

import dagster as dg
import psycopg
import pytest
from dagster._core.storage.dagster_run import DagsterRunStatus
from pydantic import SecretStr
from rich.console import Console
from typer.testing import CliRunner

from catalog_assets import automation
from catalog_assets.cli.main import app
from catalog_assets.cli.status import Status, credentials, read_platform, show
from catalog_assets.hotstar.checks import CHECKS
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from resources.alerts import Finding, report
from resources.databases import Database
from resources.settings import Settings
from tests.syncs import add_census, add_run, add_sync, cover


@pytest.fixture(autouse=True)
def films_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What needs a person is shown on one kind."""
    monkeypatch.setattr(automation, "ALL", (MOVIE,))


@pytest.fixture
def connection(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as made:
        yield made


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as made:
        yield made


def now() -> datetime:
    return datetime.now(UTC)


def read(connection: psycopg.Connection, instance: dg.DagsterInstance) -> Status:
    found = Status(migrations={"current": "1", "head": "1"})
    read_platform(found, connection, instance, on={"hotstar", "tmdb", "watchmode"})
    return found


def test_what_is_past_its_time_to_live_is_said(source_url: str, instance: dg.DagsterInstance) -> None:
    with psycopg.connect(source_url, autocommit=True) as connection:
        connection.execute("INSERT INTO streaming.ttls VALUES ('coming_soon', '24 hours')")
        connection.execute(
            "INSERT INTO streaming.coming_soon_merges (run_id, made_at, regions, page_ids, details_page_ids, releases,"
            " unmapped, rejected, rows) VALUES ('r', ops.now(), '{US}', '{}', '{}', 0, 0, 0, 0)"
        )
        connection.execute(
            "INSERT INTO streaming.pages (service, endpoint, rule, cache_key, region, path, params, status, sent_at,"
            " received_at, body, body_bytes, body_sha256, run_id)"
            " SELECT 'tmdb', endpoint, 'coming_soon', endpoint, 'US', '/', '{}', 200, ops.now(), ops.now(), '', 0, '',"
            " 'r'"
            " FROM unnest('{upcoming,releases}'::text[]) AS asked (endpoint)"
        )
        found = read(connection, instance)
    assert {row["job"]: (row["newest_at"] is None, row["is_stale"]) for row in found.streaming} == {
        "trending": (True, True),
        "streaming_reference": (True, True),
        "availability": (True, False),  # there is no work whose offers could be merged
        "coming_soon": (False, False),
    }
    shown = Console(record=True, width=200)
    show(found, shown)
    text = shown.export_text()
    assert "trending: newest never, past its time to live" in text
    assert re.search(r"coming_soon: newest 20\S+ \S+ UTC, fresh", text)


def load(connection: psycopg.Connection) -> None:
    """A platform whose films were listed and polled in time."""
    add_census(connection, now() - timedelta(days=1))
    add_sync(connection, now() - timedelta(days=1), sync_type="initial")
    cover(connection, now() - timedelta(days=1), now() - timedelta(hours=1))
    add_sync(connection, now() - timedelta(hours=1))


def evaluate(instance: dg.DagsterInstance, *, failing: str = "", blocking: bool = True) -> None:
    """One evaluation of every check."""
    for check in CHECKS:
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=dg.AssetKey(["hotstar", "movies"]),
                check_name=check.name,
                passed=check.name != failing,
                severity=dg.AssetCheckSeverity.ERROR if blocking else dg.AssetCheckSeverity.WARN,
                description="3 found",
            )
        )


def test_a_platform_that_fares_well_needs_nobody(connection: psycopg.Connection, instance: dg.DagsterInstance) -> None:
    load(connection)
    evaluate(instance)
    found = read(connection, instance)
    assert found.needs_person == []
    assert [run["sync_type"] for run in found.kinds["movies"]["runs"]] == ["incremental", "initial"]
    assert found.kinds["movies"]["checks_evaluated"] == len(CHECKS)
    assert found.kinds["movies"]["holes"] == []


def test_a_failed_blocking_check_needs_a_person_and_a_warning_does_not(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    load(connection)
    evaluate(instance, failing="every_id_kept")
    (sentence,) = read(connection, instance).needs_person
    assert "every_id_kept" in sentence
    evaluate(instance, failing="census_near_median", blocking=False)
    assert read(connection, instance).needs_person == []


def test_a_failed_check_of_what_is_kept_needs_a_person(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    load(connection)
    for passed in (True, False):
        instance.report_runless_asset_event(
            dg.AssetCheckEvaluation(
                asset_key=RETAINED_PAGES, check_name="bodies_are_whole", passed=passed, description="1 found"
            )
        )
    found = read(connection, instance)
    (sentence,) = found.needs_person
    assert "bodies_are_whole" in sentence
    text = StringIO()
    show(found, Console(file=text, width=200))
    assert "hotstar/retained_pages: check bodies_are_whole failed: 1 found" in text.getvalue()


def test_a_hole_needs_a_person_unless_a_poll_is_filling_it(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    add_census(connection, now() - timedelta(hours=10))
    add_sync(connection, now() - timedelta(hours=10), sync_type="initial")
    (sentence,) = read(connection, instance).needs_person
    assert "no poll runs" in sentence
    add_run(instance, now(), status=DagsterRunStatus.STARTED)
    assert read(connection, instance).needs_person == []


def test_an_open_incident_of_another_subject_needs_a_person(
    connection: psycopg.Connection, instance: dg.DagsterInstance, source_url: str
) -> None:
    load(connection)
    database = Database(source_url)
    report(database, [Finding("tmdb/titles/late", "No titles came.")], [], subject="tmdb/")
    database.close()
    found = read(connection, instance)
    assert found.needs_person == ["No titles came."]
    assert [incident["key"] for incident in found.incidents] == ["tmdb/titles/late"]


def test_pace_rest_and_budget_of_every_service_are_shown(
    connection: psycopg.Connection, instance: dg.DagsterInstance
) -> None:
    load(connection)
    connection.execute(
        "INSERT INTO ops.pace (service, interval_s, rest_s, slow_s, timeout_s, rest_until, rest_reason)"
        " VALUES ('hotstar', 1, 60, 5, 30, ops.now() + interval '40 seconds', 'it answered 503')"
    )
    connection.execute("INSERT INTO ops.budgets VALUES ('hotstar', 'day', 'UTC', 100)")
    found = read(connection, instance)
    assert (found.services[0]["newest_rest"], found.budgets[0]["used"]) == ("it answered 503", 0)
    text = StringIO()
    show(found, Console(file=text, width=200))
    for shown in (
        "it answered 503",
        "holes: none",
        "no check was made yet",
        "0 of 100 units",
        "Nothing needs a person",
    ):
        assert shown in text.getvalue()


def test_the_command_reports_a_database_without_migrations_and_no_secret(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, hook = token_hex(32), f"https://hooks.example.org/{token_hex(12)}"
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CATALOG_HOME": str(tmp_path / "home"),
        "SOURCE_DATABASE_URL": empty_url,
        "CATALOG_DATABASE_URL": empty_url,
        "DAGSTER_DATABASE_URL": empty_url,
        "HOTSTAR_PARTNER_ID": "partner",
        "HOTSTAR_AKAMAI_SECRET": secret,
        "ALERT_WEBHOOK_URL": hook,
    }.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["status", "--json"])
    assert done.exit_code == 1
    answer = json.loads(done.stdout)
    assert "catalog migrate" in answer["needs_person"][0]
    assert answer["credentials"] == {
        "hotstar": "set",
        "tmdb": "not set: the service is off",
        "watchmode": "not set: the service is off",
        "trakt": "off: see docs/trakt.md",
        "alert webhook": "set",
        "alert mail": "not set",
    }
    assert secret not in done.output
    assert hook not in done.output


@pytest.mark.parametrize(
    ("key", "is_embedded", "hotstar", "tmdb"),
    [
        (None, True, "the sandbox answers", "the sandbox answers"),
        (None, False, "the service is off", "the service is off"),
        (SecretStr("ab" * 16), True, "the service is off", "set"),
    ],
    ids=["none, embedded", "none, a server of one's own", "TMDB's alone"],
)
def test_the_sandbox_answers_for_all_services_or_none(
    key: SecretStr | None, is_embedded: bool, hotstar: str, tmdb: str
) -> None:
    settings = Settings(tmdb_api_key=key, hotstar_partner_id=None, hotstar_akamai_secret=None)
    found = credentials(settings, is_embedded=is_embedded)
    assert hotstar in found["hotstar"]
    assert tmdb in found["tmdb"]
    assert "abab" not in str(found)


def test_the_command_reads_a_migrated_database_through_dagsters_own(
    source_url: str, empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CATALOG_HOME": str(tmp_path / "home"),
        "SOURCE_DATABASE_URL": source_url,
        "CATALOG_DATABASE_URL": source_url,
        "DAGSTER_DATABASE_URL": empty_url,
        "HOTSTAR_PARTNER_ID": "partner",
        "HOTSTAR_AKAMAI_SECRET": token_hex(32),
    }.items():
        monkeypatch.setenv(name, value)
    done = CliRunner().invoke(app, ["status"])
    assert done.exit_code == 1
    assert "No movies were ever loaded" in done.stdout
    assert "does not run" in done.stdout
