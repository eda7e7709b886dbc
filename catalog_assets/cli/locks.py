"""Locks in the home that die with their process: `up.lock` of a `catalog up`, `load.lock` shared by all loads."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

UP = "up.lock"
LOAD = "load.lock"


@contextmanager
def alone(home: Path, name: str) -> Iterator[bool]:
    """Hold a lock of the home while the context lasts, if nobody holds it; False: somebody does."""
    with (home / name).open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
