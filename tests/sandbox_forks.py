"""Sandboxes forked from one process that has everything imported: each is there within milliseconds.

The process is not under coverage, nor are its forks: `tests/sandbox` shows what a sandbox is, and there it is traced.
It reads a line for each sandbox, answers with the fork's process id, and ends when nobody can write any more.
"""

import atexit
import json
import os
import signal
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import psutil

from sandbox.__main__ import main
from tests.untraced import UNTRACED_PROCESS


def fork_sandbox(arguments: Sequence[str], variables: Mapping[str, str]) -> psutil.Process:
    """Start a sandbox with these arguments and environment variables of its own."""
    forks = _forks()
    assert forks.stdin is not None
    assert forks.stdout is not None
    forks.stdin.write(json.dumps([list(arguments), dict(variables)]) + "\n")
    forks.stdin.flush()
    return psutil.Process(int(forks.stdout.readline()))


@cache
def _forks() -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.sandbox_forks"],
        cwd=Path(__file__).resolve().parents[1],
        env={**os.environ, **UNTRACED_PROCESS},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    atexit.register(process.communicate)
    return process


def _serve() -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a fork ended
    for line in sys.stdin:
        arguments, variables = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _become_sandbox(arguments, variables)
        print(pid, flush=True)


def _become_sandbox(arguments: list[str], variables: dict[str, str]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.environ.update(variables)
    sys.argv[1:] = arguments
    try:
        main()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(0)


if __name__ == "__main__":
    _serve()
