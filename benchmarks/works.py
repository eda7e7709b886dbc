"""(h) TMDB's films refreshed: at 20 requests a second and 150 ms an answer, and as fast as it goes."""

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from typing import Any

from benchmarks.figures import Figure
from benchmarks.memory import peak_mb
from benchmarks.stage import Stage, stage
from resources.settings import PROJECT_ROOT
from tests.sandbox_process import RunningSandbox, running_sandbox

WORKS = 10_000
RATE = 20
LATENCY_S = 0.15
HOTSTAR_FILMS = 12_000
"""Of which TMDB knows most, and some more."""

_FETCHING = """
SELECT extract(epoch FROM max(sent_at + make_interval(secs => ms / 1000.0)) - min(sent_at))::float8, count(*)
FROM ops.api_calls WHERE run_id = '{run}' AND asset = 'tmdb/title_details'
"""

EIGHT_CALLS_S = 2.75
"""A film by the way before: eight calls 250 ms apart, and a second between films (requirements, TM2)."""


def works() -> list[Figure]:
    """Adds films without pace, then fetches every one of them again with it."""
    with stage() as fresh, _sandbox(0) as sandbox:
        added, peak_adding = _loaded(
            fresh, sandbox, 0, "--source", "popular", "--max-movies", str(WORKS), "--max-series", "0"
        )
        with _sandbox(LATENCY_S) as slow:
            refreshed, peak_refreshing = _loaded(fresh, slow, RATE, "--all")
        ((fetching_s, requests),) = fresh.rows(_FETCHING.format(run=refreshed["run"]))
    floor_s = WORKS / RATE
    return [
        Figure("h", "films added", added["ingested"], "films"),
        Figure("h", "films a second without pace: fetched and merged", added["ingested"] / added["seconds"], "films/s"),
        Figure("h", "films refreshed", refreshed["ingested"], "films"),
        Figure("h", "requests a film", requests / WORKS, "", wanted=1.0),
        Figure("h", f"fetching at {RATE} a second", fetching_s, "s"),
        Figure("h", "fetching / floor", fetching_s / floor_s, "", wanted=1.05),
        Figure("h", "eight calls a film with fixed delays would take", WORKS * EIGHT_CALLS_S, "s"),
        Figure("h", "peak memory, adding (PSS)", peak_adding, "MB", wanted=350),
        Figure("h", "peak memory, refreshing (PSS)", peak_refreshing, "MB", wanted=350),
    ]


def _sandbox(latency_s: float) -> AbstractContextManager[RunningSandbox]:
    options = ("--tmdb-rate=0", f"--tmdb-latency={latency_s}")
    return running_sandbox(movies=HOTSTAR_FILMS, options=options, as_command=True)


def _loaded(fresh: Stage, sandbox: RunningSandbox, rate: float, *arguments: str) -> tuple[dict[str, Any], float]:
    """The summary of `catalog load works --json …`, and its peak memory in MB.

    Raises:
        RuntimeError: it failed.
    """
    load = subprocess.Popen(
        [sys.executable, "-m", "catalog_assets.cli.main", "load", "works", "--json", *arguments],
        cwd=PROJECT_ROOT,
        env=fresh.environment(sandbox, rate=rate),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    peak = peak_mb(load)
    printed = load.communicate()[0]
    if load.returncode != 0:
        raise RuntimeError(f"the load failed with status {load.returncode}: {printed}")
    summary: dict[str, Any] = json.loads(printed)
    return summary, peak
