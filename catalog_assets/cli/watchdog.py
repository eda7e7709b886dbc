"""`python -m catalog_assets.cli.watchdog HOME MARK`: ends what a killed command left running.

It waits for its standard input to close. The command closes it at its own end, after the word `done`; without that word
the command was killed, and every process with its mark is killed too, so that nothing is written after the kill. An
embedded PostgreSQL that nobody uses any more is then stopped.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from catalog_assets.cli.processes import MARK, kill_marked

_DONE = b"done"


@contextmanager
def watched(home: Path, mark: str) -> Iterator[None]:
    """Let a watchdog end our processes should we be killed."""
    watchdog = subprocess.Popen(
        [sys.executable, "-m", "catalog_assets.cli.watchdog", str(home), mark],
        stdin=subprocess.PIPE,
        env={name: value for name, value in os.environ.items() if name != MARK},
        start_new_session=True,
    )
    try:
        yield
    finally:
        watchdog.communicate(_DONE)


def main(home: Path, mark: str) -> None:
    """Wait for the end of the command, then end what it left."""
    if sys.stdin.buffer.read() == _DONE:
        return
    kill_marked(mark)
    # Imported here: every command starts a watchdog, and few need one.
    from resources.embedded import stop_if_unused  # noqa: PLC0415
    from resources.embedded_install import recorded_folder  # noqa: PLC0415

    if recorded_folder(home) is not None:
        stop_if_unused(home)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
