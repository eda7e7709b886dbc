"""Freed memory goes back to the system, also where a kept block lies behind it."""

import platform
import subprocess
import sys

import pytest

from resources.malloc import return_freed_memory

HELD = """
import psutil
from resources.malloc import return_freed_memory
return_freed_memory()
process = psutil.Process()
before = process.memory_info().rss
bytearray(16_000_000)  # glibc would keep blocks up to this size from now on, had nobody told it otherwise
blocks = [bytearray(b"x") * 300_000 for _ in range(400)]
full = process.memory_info().rss
del blocks[:-1]
print(full - before, process.memory_info().rss - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is glibc's")
def test_what_a_process_frees_it_does_not_hold() -> None:
    done = subprocess.run([sys.executable, "-c", HELD], check=True, capture_output=True, text=True)
    held, kept = map(int, done.stdout.split())
    assert held > 100_000_000
    assert kept < 10_000_000


def test_a_c_library_without_the_setting_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("resources.malloc.ctypes.CDLL", lambda _: object())
    return_freed_memory()
