"""The sandbox that commands start: all services or none, under the names of the real credentials."""

import json
import os
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

from catalog_assets.cli.sandbox import recorded, running_sandbox, start_sandbox
from resources.settings import PROJECT_ROOT, Settings

KEY = "0a1b2c3d" * 4


def test_what_is_started_opens_every_service_and_other_commands_find_it(tmp_path: Path) -> None:
    small = Settings(sandbox_movies=20, sandbox_scale=0.001, sandbox_seed=7)
    with start_sandbox(small, tmp_path, "mark") as (sandbox, child):
        variables = sandbox.environment
        address, token = variables["TMDB_API_BASE_URL"], variables["TMDB_API_KEY"]
        assert variables["CATALOG_ORIGIN_TMDB"] == variables["CATALOG_ORIGIN_HOTSTAR"] == "sandbox:7:0.001"
        assert httpx.get(f"{address}/3/authentication").status_code == 401
        answer = httpx.get(f"{address}/3/authentication", headers={"authorization": f"Bearer {token}"})
        assert answer.json()["success"] is True
        key = variables["WATCHMODE_API_KEY"]
        account = httpx.get(f"{variables['WATCHMODE_API_BASE_URL']}/v1/status", headers={"x-api-key": key})
        assert account.json() == {"quota": 2_500, "quotaUsed": 0}
        assert variables["CATALOG_ORIGIN_WATCHMODE"] == "sandbox:7:0.001"
        trakt = {"user-agent": f"test/1.0 ({variables['TRAKT_CONTACT']})", "trakt-api-version": "2"}
        trakt["trakt-api-key"] = variables["TRAKT_CLIENT_ID"]
        assert httpx.get(f"{variables['TRAKT_API_BASE_URL']}/movies/trending", headers=trakt).status_code == 200
        assert "TRAKT_ENABLED" not in variables
        command = json.dumps(psutil.Process(child.process.pid).cmdline())
        assert not any(secret in command for secret in (token, key, variables["HOTSTAR_AKAMAI_SECRET"]))
        with recorded(tmp_path, sandbox):
            assert running_sandbox(tmp_path) == sandbox
    assert running_sandbox(tmp_path) is None


@pytest.mark.parametrize("given", ["", KEY, "sandbox.of.tests"], ids=["none", "v3", "v4"])
def test_the_command_takes_the_key_that_is_set_or_prints_one(given: str) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    process = subprocess.Popen(
        [sys.executable, "-m", "catalog_assets.cli.main", "sandbox", "--port", str(port), "--movies", "20"],
        env={**kept, "TMDB_API_KEY": given},
        cwd=PROJECT_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        _await_answer(process, f"http://127.0.0.1:{port}/_health")
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(2 if given else 3)]
        printed = dict(word.split("=", 1) for line in lines for word in shlex.split(line)[1:])
        assert ("TMDB_API_KEY" in printed) == (not given)
        key = given or printed["TMDB_API_KEY"]
        params, headers = ({"api_key": key}, {}) if given == KEY else ({}, {"authorization": f"Bearer {key}"})
        address = f"http://127.0.0.1:{port}/3/authentication"
        assert httpx.get(address, params=params, headers=headers).status_code == 200
    finally:
        process.terminate()
        process.communicate(timeout=10)


def _await_answer(process: subprocess.Popen[str], address: str) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            httpx.get(address)
        except httpx.TransportError:
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        else:
            return
