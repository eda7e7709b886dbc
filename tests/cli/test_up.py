"""`catalog up` with real processes: whatever ends it, nothing of it is left, and the next start goes on from there.

The tests of this module share a home and stand in the order of its life: each start costs seconds.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from catalog_assets.cli.processes import marked
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.settings import PROJECT_ROOT, Settings
from tests.conftest import remove_home
from tests.untraced import UNTRACED_PROCESS

MOVIES = 6_000
PATIENCE_S = 300
"""Longer than anything takes on a busy machine with two cores."""


def environment(home: Path) -> dict[str, str]:
    """A shell in which no variable of ours is set, but for the home and a small sandbox without delays.

    It answers once a second, and each series is a request for its seasons: there are six.
    """
    names = {name.upper() for name in Settings.model_fields} | {"CATALOG_UP_ID", "DAGSTER_HOME"}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return {
        **kept,
        "CATALOG_HOME": str(home),
        "SANDBOX_MOVIES": str(MOVIES),
        "SANDBOX_SCALE": "0.001",
        "SANDBOX_LATENCY": "0",
    }


class Up:
    """One `catalog up`, with further variables if any."""

    def __init__(self, home: Path, port: int, **variables: str) -> None:
        self.home = home
        self.address = f"http://127.0.0.1:{port}"
        self._output = home.with_name(f"up-{time.time_ns()}.txt")
        with self._output.open("wb") as sink:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "catalog_assets.cli.main", "up", "--port", str(port)],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env={**environment(home), **variables},
                cwd=PROJECT_ROOT,
            )

    @property
    def output(self) -> str:
        return self._output.read_text()

    def says(self, text: str) -> bool:
        assert self.process.poll() is None, self.output
        return text in self.output

    def await_saying(self, text: str) -> None:
        eventually(lambda: self.says(text), what=f"{text!r} in {self.output!r}")

    def end(self, number: signal.Signals) -> float:
        """Send a signal and wait; the seconds that the end took are returned."""
        begun = time.monotonic()
        self.process.send_signal(number)
        self.process.wait(PATIENCE_S)
        return time.monotonic() - begun


def eventually(holds: Callable[[], bool], *, what: str, seconds: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.1)


def left_of(home: Path) -> list[psutil.Process]:
    """What still runs of a home: processes with the mark of its last `up`, and its PostgreSQL."""
    mark = json.loads((home / "up.json").read_text())["mark"]
    folder = recorded_folder(home)
    assert folder is not None
    return [*marked(mark), *(p for p in psutil.process_iter() if _works_in(p, folder / "data"))]


def _works_in(process: psutil.Process, folder: Path) -> bool:
    try:
        return process.cwd() == str(folder)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose cluster is made already, without waiting for the disk."""
    path = tmp_path_factory.mktemp("up") / "home"
    with EmbeddedServer(path, sandbox=True, options={"fsync": "off"}):
        pass
    yield path
    remove_home(path)


@pytest.fixture(scope="module")
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def up(home: Path, port: int, request: pytest.FixtureRequest) -> Iterator[Up]:
    started = Up(home, port, **getattr(request, "param", {}))
    yield started
    if started.process.poll() is None:
        started.end(signal.SIGTERM)


def ask(home: Path, query: str) -> object:
    """A value from the source database while somebody runs its server."""
    with EmbeddedServer(home, sandbox=True) as server, psycopg.connect(server.urls.source.get_secret_value()) as found:
        row = found.execute(query.encode()).fetchone()
    return row[0] if row else None


@pytest.mark.parametrize("up", [UNTRACED_PROCESS], indirect=True, ids=["untraced"])
def test_kill_9_in_the_first_load_leaves_no_process_and_nothing_is_written_after_it(home: Path, up: Up) -> None:
    up.await_saying("The movies are loaded by")
    eventually(lambda: int(str(ask(home, "SELECT count(*) FROM hotstar.pages"))) > 1, what="a page is kept")
    assert len(left_of(home)) > 10
    up.process.kill()
    up.process.wait()
    eventually(lambda: left_of(home) == [], what="every process is gone", seconds=30)
    assert ask(home, "SELECT extract(epoch FROM clock_timestamp() - max(received_at)) > 0 FROM hotstar.pages")


def test_the_next_start_takes_the_load_up_and_ctrl_c_ends_every_process(home: Path, up: Up) -> None:
    up.await_saying("The first load is complete.")
    assert httpx.get(f"{up.address}/server_info", trust_env=False).status_code == 200
    assert ask(home, "SELECT count(*) FROM hotstar_movies") == MOVIES
    assert (
        ask(
            home,
            "SELECT count(*) FROM hotstar.listings WHERE kind = 'movie' AND purpose = 'census' AND status = 'complete'",
        )
        == 1
    )
    assert ask(home, "SELECT count(*) FROM hotstar_sync_log WHERE status = 'running'") == 0

    second = subprocess.run(
        [sys.executable, "-m", "catalog_assets.cli.main", "up", "--port", "3999"],
        env=environment(home),
        cwd=PROJECT_ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 2
    assert f"A `catalog up` runs on {home} already (process {up.process.pid}, {up.address})" in second.stderr
    assert "Traceback" not in second.stderr

    assert up.end(signal.SIGINT) < 30
    assert up.process.returncode == 0
    assert left_of(home) == []


def test_a_later_start_loads_nothing_again_outlives_its_database_and_ends_by_sigterm(home: Path, up: Up) -> None:
    up.await_saying("The Dagster UI:")
    assert "first load" not in up.output

    folder = recorded_folder(home)
    assert folder is not None
    leader = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    psutil.Process(leader).kill()
    up.await_saying("PostgreSQL had died and was started again")
    assert ask(home, "SELECT count(*) FROM hotstar_movies") == MOVIES

    assert up.end(signal.SIGTERM) < 30
    assert up.process.returncode == 0
    assert left_of(home) == []


def test_a_port_in_use_is_one_sentence_before_anything_is_started(tmp_path: Path, port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = subprocess.run(
            [sys.executable, "-m", "catalog_assets.cli.main", "up", "--port", str(port)],
            env=environment(tmp_path),
            cwd=PROJECT_ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert refused.returncode == 2
    assert refused.stderr.count("\n") == 1
    assert f"Port {port} can't be used" in refused.stderr
    assert "--port" in refused.stderr
    assert recorded_folder(tmp_path) is None
