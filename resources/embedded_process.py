"""The processes of the embedded PostgreSQL: started under its account, found by their data folder, and ended.

A process number may be another's by the time it is read from `postmaster.pid`; what works in the data folder is ours.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psutil

from resources.embedded_install import EmbeddedInstall
from resources.errors import EmbeddedServerError

STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The leading process of a running server; `port` is 0 until it listens."""

    process: psutil.Process
    port: int
    ready: bool


def stop_postmaster(process: psutil.Process) -> None:
    """End a server and wait until it is gone.

    Raises:
        EmbeddedServerError: it does not end.
    """
    for ask in (
        signal.SIGINT,
        signal.SIGQUIT,
    ):  # fast: ends sessions and writes everything out; immediate: as after a crash
        try:
            process.send_signal(ask)
            _wait_for_end(process)
        except psutil.NoSuchProcess:
            return
        except psutil.TimeoutExpired:
            continue
        return
    raise EmbeddedServerError(f"The embedded PostgreSQL (process {process.pid}) does not stop: end it by hand.")


def _wait_for_end(process: psutil.Process) -> None:
    """Wait for the end of a process, which may be a child of ours, of another, or of nobody that collects it."""
    deadline = time.monotonic() + STOP_SECONDS
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        if time.monotonic() > deadline:
            raise psutil.TimeoutExpired(STOP_SECONDS, process.pid)
        time.sleep(0.02)


def find_postmaster(data: Path) -> Postmaster | None:
    """The running server of a data folder; None for a postmaster.pid that a kill or a crash left behind."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        process = psutil.Process(int(lines[0]))
        if process.status() == psutil.STATUS_ZOMBIE or not _works_in(process, data):
            return None
    except (FileNotFoundError, IndexError, ValueError, psutil.NoSuchProcess):
        return None
    port = int(lines[3]) if len(lines) > 3 and lines[3].strip() else 0
    return Postmaster(process, port, ready=len(lines) > 7 and lines[7].strip() == "ready")


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        return Path(process.cwd()) == data.resolve()
    except psutil.AccessDenied:
        return False  # a process of another user took over the number


def end_orphans(data: Path) -> None:
    """End what a killed postmaster left: its backends write on, and its number may be another's when we start."""
    orphans = [p for p in psutil.process_iter(["name"]) if p.info["name"] == "postgres" and _is_alive_in(p, data)]
    for orphan in orphans:
        orphan.send_signal(signal.SIGQUIT)
    _, alive = psutil.wait_procs(orphans, timeout=STOP_SECONDS)
    if alive:
        raise EmbeddedServerError(
            f"Process {alive[0].pid} of the last server does not end: end it by hand and try again."
        )
    (data / "postmaster.pid").unlink(missing_ok=True)


def _is_alive_in(process: psutil.Process, data: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and _works_in(process, data)
    except psutil.NoSuchProcess:
        return False


def start_program(
    install: EmbeddedInstall, program: str, arguments: list[str], *, stdout: int | IO[bytes]
) -> subprocess.Popen[bytes]:
    """Start initdb or postgres under the server's account, in a session of its own and without our environment."""
    account = install.account
    return subprocess.Popen(
        [str(install.programs / program), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.STDOUT,
        cwd=install.folder,
        env={"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
        start_new_session=True,  # Ctrl-C in the terminal is for the one who owns the server
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        umask=0o077,
    )
