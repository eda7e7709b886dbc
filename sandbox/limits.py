"""How often and how much: the request rate and the latency of one service (contract: rate limit, measured sizes)."""


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
