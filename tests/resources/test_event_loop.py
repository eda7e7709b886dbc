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
        asyncio.get_running_loop().call_soon(lambda: print("waiting", flush=True))
        await asyncio.Event().wait()
    finally:
        print("let go", flush=True)
        LETTING_GO

try:
    run(wait())
except Interrupted:
    print("interrupted")
"""


LETTING_GO = ("pass", "raise LookupError('lost meanwhile')", "return 42")


@pytest.mark.parametrize("letting_go", LETTING_GO)
def test_what_a_signal_handler_raises_ends_the_work_and_is_raised(letting_go: str) -> None:
    code = INTERRUPTED.replace("LETTING_GO", letting_go)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
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
