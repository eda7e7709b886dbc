"""(b) The same prepared list of pages three ways: ours, dlt, and COPY into one `jsonb` column as the limit."""

import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.figures import FOLDER, Figure
from benchmarks.stage import FILMS, Stage, sandbox_of, stage
from resources.settings import PROJECT_ROOT
from tests.sandbox_process import RunningSandbox

RUNS = 3
WAYS = {"ours": "benchmarks.ways.ours", "dlt": "benchmarks.ways.with_dlt", "limit": "benchmarks.ways.copy_bytes"}
_OF_DLT = FOLDER / ".venv"
_PAGES = "SELECT path, params FROM pages WHERE params ->> 'size' = '1000' ORDER BY sent_at, page_id"


def three_ways() -> tuple[list[Figure], list[dict[str, Any]]]:
    """Measures the three ways in turn, so that what disturbs one disturbs the others; ratios are taken run by run."""
    _prepare_dlt()
    with stage() as fresh, sandbox_of(FILMS) as sandbox, tempfile.TemporaryDirectory() as folder:
        fresh.ended(fresh.start_load(sandbox, rate=0))
        requests = Path(folder) / "requests.json"
        listed = [{"path": path, "params": params} for path, params in fresh.rows(_PAGES)]
        requests.write_text(json.dumps(listed), encoding="utf-8")
        runs = [{way: _measured(fresh, sandbox, way, requests) for way in WAYS} for _ in range(RUNS)]
    to_dlt = [run["ours"]["seconds"] / run["dlt"]["seconds"] for run in runs]
    to_limit = [run["ours"]["seconds"] / run["limit"]["seconds"] for run in runs]
    figures = [
        Figure("b", "pages in the list", len(listed), "pages"),
        *(Figure("b", f"{way}: first request to last commit", _median(runs, way, "seconds"), "s") for way in WAYS),
        Figure("b", "ours: of it, fetching and storing pages", _median(runs, "ours", "fetching"), "s"),
        Figure("b", "ours: of it, merging", _median(runs, "ours", "merging"), "s"),
        Figure("b", "ours / dlt", median(to_dlt), "", wanted=0.35, at_most=0.5),
        Figure("b", "ours / limit", median(to_limit), "", wanted=2, at_most=2.5),
        *(Figure("b", f"{way}: peak memory (RSS)", _median(runs, way, "peak_mb"), "MB") for way in WAYS),
    ]
    return figures, runs


def _median(runs: list[dict[str, dict[str, float]]], way: str, name: str) -> float:
    return median(run[way][name] for run in runs)


def _measured(fresh: Stage, sandbox: RunningSandbox, way: str, requests: Path) -> dict[str, float]:
    python = _OF_DLT / "bin" / "python" if way == "dlt" else Path(sys.executable)
    with fresh.database(migrated=way == "ours") as url, tempfile.TemporaryDirectory() as folder:
        environment = {
            "PATH": os.defpath,
            "HOME": folder,
            **sandbox.environment(),
            "BENCH_DATABASE_URL": url,
            "BENCH_REQUESTS": str(requests),
            "DLT_DATA_DIR": folder,
        }
        done = subprocess.run(
            [str(python), "-m", WAYS[way]],
            cwd=PROJECT_ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode != 0:
        raise RuntimeError(f"{way} failed: {done.stderr[-2000:]}")
    measured: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _prepare_dlt() -> None:
    """Installs dlt as pinned into an environment of its own, if that was not done yet."""
    wanted = (FOLDER / "requirements.txt").read_text(encoding="utf-8")
    installed = _OF_DLT / "installed.txt"
    if installed.exists() and installed.read_text(encoding="utf-8") == wanted:
        return
    venv.create(_OF_DLT, with_pip=True, clear=True)
    subprocess.run(
        [str(_OF_DLT / "bin" / "python"), "-m", "pip", "install", "-q", "-r", str(FOLDER / "requirements.txt")],
        check=True,
    )
    installed.write_text(wanted, encoding="utf-8")
