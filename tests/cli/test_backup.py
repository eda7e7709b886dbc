"""Copies by PostgreSQL's own tools: whole or not there, restored as they were, and never over a run in progress."""

import fcntl
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from dagster import DagsterInstance, DagsterRunStatus
from dagster._core.test_utils import create_run_for_test

from catalog_assets.cli import postgres_tools
from catalog_assets.cli.environment import dagster_environment
from resources.embedded import EmbeddedServer
from resources.errors import CatalogError
from resources.migrations import migrate
from tests.cli.test_commands import catalog
from tests.cli.test_up import eventually
from tests.conftest import remove_home


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("copied") / "home"
    with EmbeddedServer(path, sandbox=True, options={"fsync": "off"}) as server:
        migrate(server.urls.source)
        with psycopg.connect(server.urls.source.get_secret_value()) as connection:
            connection.execute("INSERT INTO ops.origins VALUES ('hotstar', 'sandbox:7', now())")
        yield path
    remove_home(path)


@pytest.fixture
def source(home: Path) -> Iterator[psycopg.Connection]:
    with EmbeddedServer(home, sandbox=True) as server:
        url = server.urls.source.get_secret_value()
        connection = psycopg.connect(url, autocommit=True)
        yield connection
        connection.close()


def origins(source: psycopg.Connection) -> list[tuple[object, ...]]:
    return source.execute("SELECT service, origin FROM ops.origins ORDER BY service").fetchall()


def test_a_restored_copy_brings_back_rows_views_and_grants(
    home: Path, source: psycopg.Connection, tmp_path: Path
) -> None:
    before = origins(source)
    copied = json.loads(catalog("backup", str(tmp_path / "copy"), "--json", CATALOG_HOME=str(home)).stdout)
    assert set(copied["bytes"]) == {"source.dump", "catalog.dump"}
    source.execute("DELETE FROM ops.origins")
    source.execute("DROP VIEW hotstar_movies CASCADE")
    source.execute("CREATE SCHEMA later")

    restored = catalog("restore", str(tmp_path / "copy"), "--yes", CATALOG_HOME=str(home))
    assert restored.returncode == 0, restored.stderr
    assert origins(source) == before
    assert source.execute("SELECT count(*) FROM hotstar_movies").fetchone() == (0,)
    assert source.execute("SELECT count(*) FROM hotstar_movies_as_of(now())").fetchone() == (0,)
    assert source.execute("SELECT to_regnamespace('later')").fetchone() == (None,)
    granted = "SELECT has_table_privilege('catalog_ops', 'ops.origins', 'SELECT')"
    assert source.execute(granted).fetchone() == (True,)


def test_a_copy_waits_for_the_merge_that_is_running(home: Path, source: psycopg.Connection, tmp_path: Path) -> None:
    source.execute("SELECT pg_advisory_lock(hashtext('hotstar.merge'), hashtext('movie'))")
    with ThreadPoolExecutor(1) as beside:
        copying = beside.submit(catalog, "backup", str(tmp_path / "held"), CATALOG_HOME=str(home))
        eventually(
            lambda: source.execute("SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchall() != [],
            what="a backup that waits",
        )
        assert not (tmp_path / "held").exists()
        source.execute("SELECT pg_advisory_unlock_all()")
        assert copying.result().returncode == 0
    assert (tmp_path / "held" / "source.dump").exists()


def test_without_a_yes_nothing_is_replaced(home: Path, source: psycopg.Connection, tmp_path: Path) -> None:
    catalog("backup", str(tmp_path / "copy"), CATALOG_HOME=str(home))
    source.execute("INSERT INTO ops.origins VALUES ('later', 'later', now())")
    asked = catalog("restore", str(tmp_path / "copy"), CATALOG_HOME=str(home))
    assert asked.returncode == 1
    assert ("later", "later") in origins(source)
    source.execute("DELETE FROM ops.origins WHERE service = 'later'")


def test_a_broken_copy_changes_nothing(home: Path, source: psycopg.Connection, tmp_path: Path) -> None:
    catalog("backup", str(tmp_path / "copy"), CATALOG_HOME=str(home))
    dump = tmp_path / "copy" / "source.dump"
    dump.write_bytes(dump.read_bytes()[:-2_000])
    before = origins(source)
    refused = catalog("restore", str(tmp_path / "copy"), "--yes", CATALOG_HOME=str(home))
    assert refused.returncode == 2
    assert "failed on the database source, which is as it was" in refused.stderr
    assert origins(source) == before


def test_a_copy_of_a_newer_release_is_refused(home: Path, tmp_path: Path) -> None:
    note = {"taken_at": "2026-11-21T00:00:00+00:00", "revision": "9999", "postgres": 18}
    (tmp_path / "backup.json").write_text(json.dumps(note))
    refused = catalog("restore", str(tmp_path), "--yes", CATALOG_HOME=str(home))
    assert refused.returncode == 2
    assert "revision 9999, newer than this release: update first" in refused.stderr


def test_a_folder_that_exists_is_not_written_over(home: Path, tmp_path: Path) -> None:
    refused = catalog("backup", str(tmp_path), CATALOG_HOME=str(home))
    assert refused.returncode == 2
    assert "exists already" in refused.stderr


def test_restore_is_refused_while_a_run_is_in_progress(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalog("backup", str(tmp_path / "copy"), CATALOG_HOME=str(home))
    with EmbeddedServer(home, sandbox=True) as server, (home / "load.lock").open("ab") as loading:
        fcntl.flock(loading, fcntl.LOCK_SH)
        for name, value in dagster_environment(home, server.urls).items():
            monkeypatch.setenv(name, value)
        with DagsterInstance.get() as instance:
            run = create_run_for_test(instance, job_name="census", status=DagsterRunStatus.STARTED)
            refused = catalog("restore", str(tmp_path / "copy"), "--yes", CATALOG_HOME=str(home))
            instance.delete_run(run.run_id)
    assert refused.returncode == 2
    assert f"run(s) are in progress, first {run.run_id}" in refused.stderr


def test_tools_older_than_the_server_are_not_used() -> None:
    with pytest.raises(CatalogError, match="of PostgreSQL 99 or newer are not on this machine"):
        postgres_tools.find_tools(99)


def test_no_argument_of_a_tool_holds_the_password(home: Path) -> None:
    with EmbeddedServer(home, sandbox=True) as server:
        tools = postgres_tools.find_tools(postgres_tools.server_major(server.urls.source))
        tool = postgres_tools.run_tool([str(tools / "psql"), "--command=SELECT 1"], server.urls.source)
        assert tool.communicate()[1] == b""
    password = (home / "server.password").read_text().strip()
    assert password not in " ".join(map(str, tool.args))  # type: ignore[arg-type]
