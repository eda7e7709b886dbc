"""The process says where it listens, ends at once, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import psutil
import pytest

from tests.sandbox_process import PROJECT, running_sandbox

SANDBOX = [sys.executable, "-m", "sandbox"]


def bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("SANDBOX_")}


def started(port_file: Path, *options: str) -> subprocess.Popen[bytes]:
    """Start a small sandbox without credentials and wait for its port."""
    process = subprocess.Popen(
        [*SANDBOX, "--movies=10", f"--port-file={port_file}", *options],
        cwd=PROJECT,
        env=bare_environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    while not port_file.exists():
        assert process.poll() is None
        time.sleep(0.01)
    return process


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_at_once_and_quietly_while_an_answer_is_under_way(sent: signal.Signals, tmp_path: Path) -> None:
    with started(tmp_path / "port") as process:
        url = f"http://127.0.0.1:{(tmp_path / 'port').read_text().strip()}"
        httpx.post(f"{url}/_control", json={"do": "fault", "seconds": 60})
        broken = threading.Thread(target=pytest.raises, args=(httpx.TransportError, httpx.get, f"{url}/movie/search"))
        broken.start()
        while httpx.get(f"{url}/_truth").json()["faults"]:
            time.sleep(0.01)
        began = time.monotonic()
        process.send_signal(sent)
        _, errors = process.communicate(timeout=10)
        broken.join()

    assert time.monotonic() - began < 2
    assert errors == b""
    assert process.returncode == 0


def test_it_ends_when_the_process_it_serves_is_gone(tmp_path: Path) -> None:
    with (
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as parent,
        started(tmp_path / "port", f"--parent-pid={parent.pid}") as process,
    ):
        parent.kill()
        parent.wait()
        process.communicate(timeout=5)

    assert process.returncode == 0


def test_without_credentials_it_refuses_every_request_and_says_why(tmp_path: Path) -> None:
    with started(tmp_path / "port") as process:
        url = f"http://127.0.0.1:{(tmp_path / 'port').read_text().strip()}"
        reply = httpx.get(f"{url}/movie/search")
        process.terminate()
        process.communicate(timeout=5)

    assert reply.status_code == 403
    assert "SANDBOX_HOTSTAR_SECRET" in reply.json()["message"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--rate=-1"], "0 or more"),
        (["--movies=many"], "many"),
        (["--scale=11"], "10 or less"),
        (["--parent-pid=4194305"], "no process"),
    ],
)
def test_an_option_it_cannot_use_is_one_sentence(arguments: list[str], said: str) -> None:
    ended = subprocess.run(
        [*SANDBOX, *arguments], cwd=PROJECT, env=bare_environment(), capture_output=True, text=True, check=False
    )

    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_port_in_use_is_one_sentence() -> None:
    with running_sandbox(movies=10, as_command=True) as sandbox:
        port = sandbox.url.rpartition(":")[2]
        ended = subprocess.run(
            [*SANDBOX, f"--port={port}"], cwd=PROJECT, env=bare_environment(), capture_output=True, check=False
        )

    assert ended.returncode == 2
    assert f"port {port} cannot be used" in ended.stderr.decode()


def test_a_secret_that_is_not_hexadecimal_is_refused_without_being_shown() -> None:
    environment = {**bare_environment(), "SANDBOX_HOTSTAR_SECRET": "not hex"}
    ended = subprocess.run(SANDBOX, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 2
    assert "hexadecimal" in ended.stderr
    assert "not hex" not in ended.stderr


def test_it_listens_on_the_loopback_alone() -> None:
    with running_sandbox(movies=10, as_command=True) as sandbox:
        listening = [
            connection.laddr.ip
            for connection in psutil.Process(sandbox.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]

    assert listening == ["127.0.0.1"]


def test_warm_items_are_encoded_before_the_first_request() -> None:
    with running_sandbox(movies=300, options=("--warm", "--cache-mb=1"), as_command=True) as sandbox:
        assert len(sandbox.page(size=300)["items"]) == 300
