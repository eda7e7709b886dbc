"""How often and how much: the request rate and the latency of one service (contract: rate limit, measured sizes)."""

from collections import deque


class Limiter:
    """Admits a request that arrives at least 1 / rate seconds after the last one it admitted."""

    def __init__(self, *, rate: float, latency: float) -> None:
        self._started_with = (rate, latency)
        self.rate = rate
        self.latency = latency
        self._last: float | None = None

    def wait(self, arrived: float) -> float:
        """Admit a request that arrived at this monotonic second and return 0, or return the seconds it came too early.

        A refused request leaves no trace: the next one is measured from the last admitted.
        """
        if self.rate > 0 and self._last is not None:
            early = self._last + 1 / self.rate - arrived
            if early > 0:
                return early
        self._last = arrived
        return 0.0

    def seconds_for(self, items: int) -> float:
        """Return how long an answer of so many items takes: latency is given in seconds per 1,000."""
        return self.latency * items / 1000

    def reset(self) -> None:
        """Go back to the pace the sandbox was started with; the last admitted request still counts."""
        self.rate, self.latency = self._started_with


class WindowLimiter(Limiter):
    """Admits so many requests in any minute, or other time, as the rate comes to, however close they are."""

    def __init__(self, *, rate: float, latency: float, window_s: int = 60) -> None:
        super().__init__(rate=rate, latency=latency)
        self._window_s = window_s
        self._arrivals: deque[float] = deque()

    def wait(self, arrived: float) -> float:
        """Admit a request, or return the seconds until there is room for it."""
        self._drop_before(arrived - self._window_s)
        most = self._most()
        if most and len(self._arrivals) >= most:
            return self._arrivals[-most] + self._window_s - arrived
        self._arrivals.append(arrived)
        return 0.0

    def room(self) -> tuple[int, int]:
        """Return how many requests the window may have, and for how many more it had room at the last one.

        Without a limit, those are a rate's of two a second, all of them left.
        """
        most = self._most()
        if not most:
            return 2 * self._window_s, 2 * self._window_s
        return most, max(most - len(self._arrivals), 0)

    def _most(self) -> int:
        return round(self.rate * self._window_s)

    def _drop_before(self, moment: float) -> None:
        while self._arrivals and self._arrivals[0] <= moment:
            self._arrivals.popleft()
