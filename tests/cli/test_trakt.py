"""`catalog trakt`: a person signs in with a code, and leaves without a trace."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import typer
from typer.testing import CliRunner

from catalog_assets.cli.main import app
from resources.embedded import EmbeddedServer
from resources.settings import PROJECT_ROOT, Settings
from tests.cli.test_commands import catalog, own_server
from tests.sandbox_process import RunningSandbox, running_sandbox
from tests.trakt.sign_ins import KEY


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=20, options=("--trakt-poll-seconds=1",)) as started:
        yield started


@pytest.fixture
def variables(sandbox: RunningSandbox, server: EmbeddedServer, source_url: str, tmp_path: Path) -> dict[str, str]:
    """Somebody with a server of their own and an application of Trakt's."""
    trakt = {name: value for name, value in sandbox.environment().items() if name.startswith("TRAKT_")}
    return {
        **own_server(server, source_url),
        **trakt,
        "CATALOG_HOME": str(tmp_path),
        "TRAKT_ENABLED": "1",
        "TRAKT_CONTACT": "tests@localhost",
        "TRAKT_TOKEN_KEY": KEY,
    }


def sign_ins(sandbox: RunningSandbox) -> int:
    live: int = sandbox.truth("trakt")["sign_ins"]["live"]
    return live


def log_in(sandbox: RunningSandbox, variables: dict[str, str]) -> tuple[str, str]:
    """Signs in as a person does; what is told after the code was entered, and what is complained of."""
    kept = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog_assets.cli.main", "trakt", "login"],
        env={**kept, **variables},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    shown = process.stdout.readline()
    code = re.fullmatch(
        r"Open https://auth\.trakt\.tv/activate and enter the code (\w{8}) within 10 minutes\. Waiting …\n", shown
    )
    assert code is not None, (shown, process.stderr and process.stderr.read())
    sandbox.control(do="trakt_decide", accept=True, user_code=code[1])
    told, complained = process.communicate(timeout=60)
    assert process.returncode == 0, complained
    return told, complained


def test_a_person_signs_in_with_the_code_that_is_shown_and_leaves_also_where_trakt_is_off(
    sandbox: RunningSandbox, variables: dict[str, str], source_url: str
) -> None:
    told, complained = log_in(sandbox, variables)
    assert complained == ""
    signed_in = r"Signed in\. The token is refreshed before it ends \(20\d\d-\d\d-\d\d \d\d:\d\d UTC\)\.\n"
    assert re.fullmatch(signed_in, told)
    assert sign_ins(sandbox) == 1
    with psycopg.connect(source_url) as connection:
        assert connection.execute("SELECT service FROM oauth_tokens").fetchall() == [("trakt",)]

    told, complained = log_in(sandbox, variables)
    assert complained == ""
    assert re.fullmatch(rf"Somebody was signed in before: that sign-in is withdrawn\.\n{signed_in}", told)
    assert sign_ins(sandbox) == 1
    sandbox.control(do="fault", path="/oauth/revoke", status=403)
    told, complained = log_in(sandbox, variables)
    assert re.fullmatch(signed_in, told)
    assert re.search(r"could not be told that this earlier sign-in ends: .*HTTP 403.*connected apps", complained)
    assert sign_ins(sandbox) == 2
    sandbox.control(do="trakt_end_sign_ins")
    log_in(sandbox, variables)

    left = catalog("trakt", "logout", **{**variables, "TRAKT_ENABLED": "0"})
    assert (left.returncode, left.stderr) == (0, "")
    assert left.stdout == (
        "Signed out; removed everything that came from Trakt (0 stored answers and what was made of them).\n"
    )
    assert sign_ins(sandbox) == 0
    again = catalog("trakt", "logout", **variables)
    assert again.stdout.startswith("Nobody was signed in; removed everything")
    assert "Trakt is still on" in again.stdout


def test_a_person_leaves_also_where_no_contact_is_set(sandbox: RunningSandbox, variables: dict[str, str]) -> None:
    log_in(sandbox, variables)
    without = {**variables, "TRAKT_CONTACT": ""}
    refused = catalog("trakt", "login", **without)
    assert (refused.returncode, sign_ins(sandbox)) == (2, 1)
    assert refused.stderr.startswith("catalog: TRAKT_CONTACT is not set")
    left = catalog("trakt", "logout", **without)
    assert (left.returncode, left.stderr) == (0, "")
    assert left.stdout.startswith("Signed out; removed everything")
    assert sign_ins(sandbox) == 0


def test_what_is_missing_to_sign_in_is_one_sentence(variables: dict[str, str]) -> None:
    refused = catalog("trakt", "login", **{**variables, "TRAKT_TOKEN_KEY": ""})
    assert refused.returncode == 2
    assert refused.stderr.startswith("catalog: TRAKT_TOKEN_KEY is not set")
    assert refused.stderr.count("\n") == 1


def test_both_commands_explain_themselves() -> None:
    group = typer.main.get_command(app).commands["trakt"]  # type: ignore[attr-defined]
    assert set(group.commands) == {"login", "logout"}
    for name in group.commands:
        assert CliRunner().invoke(app, ["trakt", name, "--help"]).exit_code == 0
        assert group.commands[name].help
