"""An account of Watchmode's: its key, its plan, and the credits it has used (contract: watchmode.md, 1 and 2)."""

from collections import Counter
from datetime import UTC, date, datetime
from secrets import compare_digest

from sandbox.clock import Clock
from sandbox.requests import Asked


class Account:
    """Credits are counted by months of the sandbox's clock, in UTC."""

    def __init__(self, key: str, quota: int, clock: Clock) -> None:
        """Open an account on the free plan; without a key nobody is let in."""
        self._key = key
        self._started_with = quota
        self._clock = clock
        self._used: Counter[tuple[int, int]] = Counter()
        self.quota = quota
        self.is_paid = False
        self.is_open = True
        """Whether the key is good."""

    @property
    def used(self) -> int:
        """Return the credits of this month."""
        return self._used[self._month()]

    def knows(self, asked: Asked) -> bool:
        """Say whether a request bears the key: in either header, or in the address."""
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        given = [asked.headers.get("x-api-key", ""), bearer, *asked.values("apiKey")]
        known = bool(self._key) and any(compare_digest(one.encode(), self._key.encode()) for one in given)
        return known and self.is_open

    def allows(self, cost: int) -> bool:
        """Say whether so many credits are left."""
        return cost == 0 or self.used + cost <= self.quota

    def spend(self, cost: int) -> None:
        """Use credits."""
        self._used[self._month()] += cost

    def forget(self) -> None:
        """Take all credits as unused."""
        self._used.clear()

    def reset(self) -> None:
        """Go back to the plan, the quota and the key it began with."""
        self.quota, self.is_paid, self.is_open = self._started_with, False, True

    def today(self) -> date:
        """Return the day of the sandbox's clock in UTC."""
        return datetime.fromtimestamp(self._clock.now(), UTC).date()

    def _month(self) -> tuple[int, int]:
        today = self.today()
        return today.year, today.month
