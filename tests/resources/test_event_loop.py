"""What a listing runs in ends when a person ends the run."""

import signal
import subprocess
import sys

import pytest

from resources.event_loop import run

INTERRUPTED = """
import asyncio, signal, sys
from resources.event_loop import run

class Interrupted(BaseException):
    pass

def interrupt(*_):
    raise Interrupted

signal.signal(signal.SIGTERM, interrupt)

async def wait():
    try:
        print("waiting", flush=True)
        await asyncio.Event().wait()
    finally:
        print("let go", flush=True)

try:
    run(wait())
except Interrupted:
    print("interrupted")
"""


def test_what_a_signal_handler_raises_ends_the_work_and_is_raised() -> None:
    with subprocess.Popen([sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        process.send_signal(signal.SIGTERM)
        said, _ = process.communicate(timeout=60)
    assert said == "let go\ninterrupted\n"


def test_results_and_errors_pass() -> None:
    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise LookupError("gone")

    assert run(answer()) == 42
    with pytest.raises(LookupError, match="gone"):
        run(fail())
