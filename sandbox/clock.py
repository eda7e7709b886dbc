"""The sandbox's own clock, which a test can move or stop.

Update times and index lag are measured on it. The rate limit and the token's expiry are not: they hold between
machines that share real time, and moving the catalogue to next week must not lock a client out.
"""

import time


class Clock:
    """Epoch seconds: the machine's time plus an offset, or a stopped instant."""

    def __init__(self) -> None:
        self._offset = 0.0
        self._stopped: float | None = None

    def now(self) -> float:
        """Return the present epoch seconds."""
        return self._stopped if self._stopped is not None else time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move by so many seconds; back if negative."""
        self.set(self.now() + seconds)

    def set(self, epoch: float) -> None:
        """Move to an instant; a stopped clock stays stopped there."""
        if self._stopped is not None:
            self._stopped = epoch
        else:
            self._offset = epoch - time.time()

    def stop(self, stopped: bool) -> None:
        """Stop at the present instant, or go on from it."""
        here = self.now()
        self._stopped = here if stopped else None
        if not stopped:
            self._offset = here - time.time()

    def reset(self) -> None:
        """Show the machine's time again."""
        self._offset, self._stopped = 0.0, None
