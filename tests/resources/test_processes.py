"""Several real processes against a sandbox that refuses whatever comes too early."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.sandbox_process import RunningSandbox, running_sandbox

pytestmark = pytest.mark.alone

PROJECT = Path(__file__).resolve().parents[2]


def start_asker(sandbox: RunningSandbox, source_url: str, pages: int, interval_s: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.resources.asker", str(pages), str(interval_s)],
        cwd=PROJECT,
        env={**os.environ, **sandbox.environment(), "SOURCE_DATABASE_URL": source_url},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize(
    ("rate", "interval_s", "each"),
    [pytest.param(10.0, 0.15, 8, id="ten a second"), pytest.param(1.0, 1.0, 2, id="one a second, as Hotstar allows")],
)
def test_four_processes_keep_one_pace_and_a_strict_limiter_refuses_none(
    source_url: str, rate: float, interval_s: float, each: int
) -> None:
    with running_sandbox(movies=60, rate=rate) as sandbox:
        askers = [start_asker(sandbox, source_url, each, interval_s) for _ in range(4)]
        ended = [asker.communicate(timeout=60) for asker in askers]
        ledger = sandbox.truth()["ledger"]["hotstar"]
    for asker, (out, err) in zip(askers, ended, strict=True):
        assert asker.returncode == 0, err
        assert json.loads(out)["requests"] == each
    assert (ledger["accepted"], ledger["refused"]) == (4 * each, 0)
    assert ledger["least_spacing"] >= 1 / rate
    on_time = 1.02 * interval_s * (4 * each - 1)
    assert on_time - 0.1 <= ledger["arrivals"][-1] <= 1.1 * on_time + 0.5


def test_a_rest_begun_by_one_process_holds_the_others(source_url: str) -> None:
    with running_sandbox(movies=60) as sandbox:
        sandbox.control(do="fault", skip=3, status=500)
        askers = [start_asker(sandbox, source_url, 8, 0.12) for _ in range(2)]
        with psycopg.connect(source_url, autocommit=True) as connection:
            resting = "SELECT EXISTS (SELECT FROM ops.pace WHERE rest_until IS NOT NULL)"
            give_up = time.monotonic() + 30
            while connection.execute(resting).fetchone() != (True,):
                assert time.monotonic() < give_up
                time.sleep(0.05)
        before = sandbox.truth()["ledger"]["hotstar"]["accepted"]
        time.sleep(1.0)
        assert sandbox.truth()["ledger"]["hotstar"]["accepted"] == before
        for asker in askers:
            asker.kill()
            asker.communicate()
    assert 4 <= before <= 6
