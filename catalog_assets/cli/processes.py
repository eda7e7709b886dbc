"""Processes of ours: started one by one with default signal handlers, and found again by a mark in their environment.

Dagster's own `dagster dev` may leave its children behind when it ends; whoever starts the processes of a local platform
therefore owns each of them. The mark is inherited by everything that they start, run workers included.
"""

import os
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

MARK = "CATALOG_UP_ID"
"""The variable that every process of one command carries."""

_KEPT_LOGS = 3
_POLL_S = 0.05


@dataclass(frozen=True, slots=True)
class Child:
    """One process that we started and what people call it."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def has_ended(self) -> bool:
        """The process is gone, whatever ended it."""
        return self.process.poll() is not None


def start(name: str, arguments: Sequence[str], *, environment: Mapping[str, str], logs: Path) -> Child:
    """Start a process in a session of its own, so that Ctrl-C reaches it only through us.

    A signal that the parent handles falls back to its default in the child, which one that it ignores does not: the
    caller installs handlers first.
    """
    logs.mkdir(exist_ok=True)
    log = logs / f"{name}.log"
    _rotate(log)
    with log.open("ab") as sink:
        process = subprocess.Popen(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=sink,
            stderr=subprocess.STDOUT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    return Child(name, process, log)


def marked(mark: str) -> list[psutil.Process]:
    """Every living process that carries this mark, the present one left out."""
    return [p for p in psutil.process_iter() if p.pid != os.getpid() and _carries(p, mark)]


def descendants(child: Child) -> list[psutil.Process]:
    """What a child started and what these started."""
    try:
        return psutil.Process(child.process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def living(children: Iterable[Child]) -> list[psutil.Process]:
    """The processes of those children that have not ended."""
    return [psutil.Process(child.process.pid) for child in children if not child.has_ended]


def ask_to_end(processes: Iterable[psutil.Process]) -> None:
    """Send SIGTERM, which each may answer in its own time."""
    _signal(processes, signal.SIGTERM)


def await_end(processes: Iterable[psutil.Process], seconds: float) -> list[psutil.Process]:
    """Wait until all have ended; those that live on after this many seconds are returned."""
    deadline = time.monotonic() + seconds
    while (alive := [p for p in processes if _lives(p)]) and time.monotonic() < deadline:
        time.sleep(_POLL_S)
    return alive


def kill_marked(mark: str, seconds: float = 5) -> None:
    """Kill every process with this mark, also those that start while we look."""
    deadline = time.monotonic() + seconds
    while (left := marked(mark)) and time.monotonic() < deadline:
        _signal(left, signal.SIGKILL)
        time.sleep(_POLL_S)


def kill(processes: Iterable[psutil.Process]) -> None:
    """End processes at once, whatever they do."""
    _signal(processes, signal.SIGKILL)


def _signal(processes: Iterable[psutil.Process], number: signal.Signals) -> None:
    for process in processes:
        if _lives(process):
            try:
                process.send_signal(number)
            except psutil.NoSuchProcess:
                continue


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def _carries(process: psutil.Process, mark: str) -> bool:
    try:
        return process.environ().get(MARK) == mark and _lives(process)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False  # ended meanwhile, or another user's and so none of ours


def _rotate(log: Path) -> None:
    for number in range(_KEPT_LOGS - 1, 0, -1):
        older = log.with_name(f"{log.name}.{number}")
        if older.exists():
            older.replace(log.with_name(f"{log.name}.{number + 1}"))
    if log.exists():
        log.replace(log.with_name(f"{log.name}.1"))
