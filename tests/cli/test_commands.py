"""The commands that stand on the databases alone, as processes: what they print, and how they refuse."""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from catalog_assets.cli.main import app
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.settings import PROJECT_ROOT, Settings

COMMANDS = [command.name or getattr(command.callback, "__name__", "") for command in app.registered_commands]


def catalog(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a shell where only these variables of ours are set."""
    names = {name.upper() for name in Settings.model_fields} | {"DAGSTER_HOME"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return subprocess.run(
        [sys.executable, "-m", "catalog_assets.cli.main", *arguments],
        env={**kept, **variables},
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def own_server(server: EmbeddedServer, source: str) -> dict[str, str]:
    """The variables of somebody with a server of their own."""
    return {
        "SOURCE_DATABASE_URL": source,
        "CATALOG_DATABASE_URL": server.urls.catalog.get_secret_value(),
        "DAGSTER_DATABASE_URL": server.urls.dagster.get_secret_value(),
    }


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself_and_each_of_its_options(command: str) -> None:
    told = CliRunner().invoke(app, [command, "--help"])
    assert told.exit_code == 0
    for parameter in typer.main.get_command(app).commands[command].params:  # type: ignore[attr-defined]
        assert parameter.help, parameter.name


def test_migrate_brings_an_empty_database_up_to_date_and_may_be_repeated(
    server: EmbeddedServer, empty_url: str, tmp_path: Path
) -> None:
    variables = {**own_server(server, empty_url), "CATALOG_HOME": str(tmp_path)}
    first = json.loads(catalog("migrate", "--json", **variables).stdout)
    assert first["before"] is None
    assert first["current"] == first["head"]
    assert "is current" in catalog("migrate", **variables).stdout
    assert recorded_folder(tmp_path) is None


def test_env_prints_what_psql_and_dagster_take(home: Path) -> None:
    with EmbeddedServer(home, sandbox=True, options={"fsync": "off"}):
        told = catalog("env", CATALOG_HOME=str(home))
        words = [word for line in told.stdout.splitlines() for word in shlex.split(line)[1:]]
        variables = dict(word.split("=", 1) for word in words)
        with psycopg.connect(variables["SOURCE_DATABASE_URL"]) as connection:
            assert connection.info.dbname == "source_sandbox"
        assert variables["DAGSTER_PG_DB"] == "dagster_sandbox"
        assert (Path(variables["DAGSTER_HOME"]) / "dagster.yaml").exists()
        assert json.loads(catalog("env", "--json", CATALOG_HOME=str(home)).stdout) == variables
        # In a shell that took these lines the server is still known as the embedded one.
        assert catalog("migrate", **variables).returncode == 0
    assert told.stderr == ""


def test_half_of_the_credentials_is_one_sentence_and_status_2(tmp_path: Path) -> None:
    refused = catalog("migrate", CATALOG_HOME=str(tmp_path), HOTSTAR_AKAMAI_SECRET="ab" * 32)
    assert refused.returncode == 2
    assert refused.stderr.startswith("catalog: HOTSTAR_PARTNER_ID is not set")
    assert refused.stderr.count("\n") == 1


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    secret = "ab" * 16
    variables = own_server(server, f"postgresql://catalog:{secret}@127.0.0.1:9/source")
    refused = catalog("migrate", CATALOG_HOME=str(tmp_path), **variables)
    assert refused.returncode == 2
    assert "The database source at 127.0.0.1:9/source can't be reached" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert secret not in refused.stderr


def test_a_home_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    refused = catalog("env", CATALOG_HOME=str(tmp_path / "home"))
    assert refused.returncode == 2
    assert "set CATALOG_HOME to a folder of yours" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_urls_a_command_starts_the_embedded_server_and_stops_it_again(home: Path) -> None:
    with EmbeddedServer(home, sandbox=True, options={"fsync": "off"}):
        pass
    assert catalog("migrate", CATALOG_HOME=str(home)).returncode == 0
    folder = recorded_folder(home)
    assert folder is not None
    assert not (folder / "data" / "postmaster.pid").exists()
