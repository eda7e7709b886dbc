"""The pace of a service: slots, rests and budgets that every process and machine shares through PostgreSQL.

What may go when is decided in SQL (`ops.take_slot`, `ops.report_outcome`); here a process waits for what it was told.
No request is made here: that is `resources.transport`.
"""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Literal, Self

import psycopg
import stamina
import structlog
from psycopg.rows import dict_row
from pydantic import SecretStr

from resources.errors import BudgetSpent, DatabaseError, ServiceResting
from resources.statements import statement

log = structlog.get_logger("resources.pace")

RESTS_A_RUN = 3
"""Rests that one run waits for before it gives up."""

SOON_S = 3.0
"""How long an open connection may wait for its slot, put off or not: less than servers wait for a request."""

CALM_S = 0.3
"""Work that keeps the processor busy is begun only if no slot of this process comes sooner (at most 0.3 of an interval:
there must be a time for it)."""

Outcome = Literal["ok", "outage", "busy", "unsent"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Units that a service allows in one period of a zone."""

    period: Literal["day", "month"]
    zone: str
    allowed: int


@dataclass(frozen=True, slots=True)
class ServicePace:
    """How a service may be asked, in seconds.

    Attributes:
        service: name, as in `ops.pace`.
        interval_s: between two requests, as the service counts; slots stand 1.02 times as far apart. 0: no limit.
        slow_s: an answer that takes longer begins a rest, from send to last byte.
        timeout_s: an answer that takes longer is given up.
        rest_s: the rest after a 5XX, a timeout or a slow answer.
        late_s: a request that is let go later than this after it asked asks again, and one that leaves later tells so.
            Below 0.015 x `interval_s`, less what arrivals jitter, where the service counts to the interval: one that
            leaves late and the next on time must still stand one interval apart.
        busy_s: wait at least this long after a 429, and twice as long after each further one of the same request,
            whatever the answer asks for; never less than an interval.
        gateway_s: the same after a 429 in HTML, which a gateway before the service sends and which the service's own
            count knows nothing of.
        budgets: units a day or month.
        at_once: requests that one process has taken a slot for or under way. So many go in the time that one takes,
            from taking its slot to its answer's last byte.
        closest: intervals that stand at least between two requests that leave, however late the first did. Below 1, one
            that left late is made up for; only a service that counts over a while, not to the interval, bears that.
    """

    service: str
    interval_s: float
    slow_s: float
    timeout_s: float
    rest_s: float
    late_s: float
    busy_s: float = 0.0
    gateway_s: float = 0.0
    budgets: tuple[Budget, ...] = ()
    at_once: int = 4
    closest: float = 1.015


@dataclass(frozen=True, slots=True)
class Slot:
    """Leave to send one request at a time of the database's clock."""

    at: datetime
    probe: bool
    cost: int


class DatabaseClock:
    """The database's clock, read off this process's monotonic one.

    Each reading of the database's time bounds the difference of the two clocks from both sides, by when the question
    left and when the answer was here. The tightest reading of the last minute is kept, unless a newer one contradicts
    it: then a clock was set.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._read_at = 0.0
        self._low: float | None = None
        self._high = 0.0

    def learn(self, now: datetime, *, asked: float, answered: float) -> None:
        """Take in that the database said `now` to a question asked and answered at these monotonic times."""
        low, high = now.timestamp() - answered, now.timestamp() - asked
        known = self._low is not None and answered - self._read_at < 60 and self._low <= high and low <= self._high
        if self._low is None or not known or high - low < self._high - self._low:
            self._low, self._high, self._read_at = low, high, answered

    def earliest(self) -> float:
        """Epoch seconds that the database's clock shows at least.

        Raises:
            RuntimeError: nothing was learned yet.
        """
        if self._low is None:
            raise RuntimeError("the database's clock was never read: take a slot first")
        return self._monotonic() + self._low

    def latest(self) -> float:
        """Epoch seconds that the database's clock shows at most."""
        return self._monotonic() + self._high

    def now(self) -> datetime:
        """The database's time, UTC, never ahead of it."""
        return datetime.fromtimestamp(self.earliest(), UTC)


class Pace:
    """One service's slots, seen by one process: an async context manager around one autocommit connection.

    Attributes:
        clock: the database's clock.
        waited_s: seconds spent waiting for slots and rests, summed over requests that wait at the same time.
        given_up: slots that were returned unused.
    """

    def __init__(
        self,
        description: ServicePace,
        source_url: SecretStr,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.description = description
        self.clock = DatabaseClock(monotonic)
        self.waited_s = 0.0
        self.given_up = 0
        self._source_url = source_url
        self._sleep = sleep
        self._monotonic = monotonic
        self._connection: psycopg.AsyncConnection[dict[str, Any]] | None = None
        self._connecting = asyncio.Lock()
        self._entered = False
        self._rests_met: set[int] = set()
        self._due: dict[Slot, datetime] = {}
        self._let_go: dict[Slot, tuple[float, float]] = {}
        self._quickest_s = math.inf

    async def __aenter__(self) -> Self:
        self._entered = True
        described = self.description
        await self.run(
            "ops/describe_pace",
            {
                "service": described.service,
                "interval_s": described.interval_s,
                "rest_s": described.rest_s,
                "slow_s": described.slow_s,
                "timeout_s": described.timeout_s,
                "closest": described.closest,
            },
        )
        for budget in described.budgets:
            await self.run(
                "ops/describe_budget",
                {
                    "service": described.service,
                    "period": budget.period,
                    "zone": budget.zone,
                    "allowed": budget.allowed,
                },
            )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._entered = False
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    async def take(self, *, cost: int) -> Slot:
        """Take the next slot, waiting for rests to end but not for the slot itself.

        Raises:
            BudgetSpent: no unit is left in the period.
            ServiceResting: the run has waited for `RESTS_A_RUN` rests already.
            DatabaseError: the source database cannot be reached.
        """
        while True:
            answer = await self._ask(cost)
            if isinstance(answer, Slot):
                return answer
            await self.wait_until(answer)

    async def reach(self, slot: Slot) -> bool:
        """Wait for a slot's moment over an open connection; True if its request may leave at once.

        Slots say who goes about when; how far apart requests really leave is settled here, at the last moment. One that
        a busy machine reaches late so delays the next, by how much is the service's `closest`; a slot given up would
        cost a whole interval.

        False: it was overtaken by a rest or does not come soon, and is returned; the connection would not outlast it.

        Raises:
            DatabaseError: the source database cannot be reached.
        """
        due, last = slot.at, self.clock.earliest() + SOON_S
        while due.timestamp() <= last:
            self._due[slot] = due
            await self.wait_until(due)
            asked = self._monotonic()
            row = await self.run("ops/use_slot", {"service": self.description.service, "at": slot.at})
            took_s = self._monotonic() - asked
            self.clock.learn(row["now"], asked=asked, answered=asked + took_s)
            self._quickest_s = min(self._quickest_s, took_s)
            if row["verdict"] == "overtaken":
                break
            if row["verdict"] == "wait":
                due = row["at"]
            elif took_s <= self._quickest_s + self.description.late_s or self.description.interval_s == 0:
                self._due.pop(slot, None)
                self._let_go[slot] = row["now"].timestamp(), asked + took_s
                return True
        await self.give_up(slot)
        return False

    async def left(self, slot: Slot) -> None:
        """Tell every process that a request let go by `reach` has left, if that took longer than it may.

        A busy machine may hold it up in between; the next then leaves an interval after it really left. Call it as soon
        as the request is on its way: what is told is this moment, as early as the database's clock can have shown it.

        Raises:
            DatabaseError: the source database cannot be reached.
        """
        let_go = self._let_go.pop(slot, None)
        if let_go is None or self.description.interval_s == 0:
            return
        let_go_at, answered = let_go
        left_at = max(let_go_at + self._monotonic() - answered, self.clock.earliest())
        if left_at - let_go_at > self.description.late_s:
            await self.run(
                "ops/delay_use",
                {
                    "service": self.description.service,
                    "at": slot.at,
                    "left_at": datetime.fromtimestamp(left_at, UTC),
                },
            )

    async def _ask(self, cost: int) -> Slot | datetime:
        """A slot, or the time until which the service rests."""
        service = self.description.service
        asked = self._monotonic()
        row = await self.run("ops/take_slot", {"service": service, "cost": cost})
        answered = self._monotonic()
        self.clock.learn(row["now"], asked=asked, answered=answered)
        self._quickest_s = min(self._quickest_s, answered - asked)
        at: datetime = row["at"]
        if row["verdict"] == "go":
            slot = Slot(at, row["probe"], cost)
            self._due[slot] = at
            return slot
        if row["verdict"] == "spent":
            raise BudgetSpent(
                f"The budget of {service} is spent until {at.isoformat()}; the rest is fetched after that.",
                service,
                until=at,
            )
        if row["rests"] not in self._rests_met:
            if len(self._rests_met) == RESTS_A_RUN:
                raise ServiceResting(
                    f"{service} failed again after {RESTS_A_RUN} rests and rests until {at.isoformat()}. "
                    "See the newest failures in ops.api_calls; run again later: what was fetched is kept.",
                    service,
                    until=at,
                )
            self._rests_met.add(row["rests"])
            log.warning("service rests", service=service, until=at.isoformat())
        return at

    async def give_up(self, slot: Slot) -> None:
        """Return a slot unused: its units are free again, and a probe's lease ends."""
        self.given_up += 1
        await self.report(slot, "unsent")

    async def report(
        self, slot: Slot, outcome: Outcome, *, reason: str | None = None, retry_after_s: float | None = None
    ) -> None:
        """Tell every process how the request of a slot ended.

        Args:
            slot: the slot it was sent in.
            outcome: `ok`, `outage` (5XX, timeout, slow), `busy` (429) or `unsent`.
            reason: why, for a person who looks at a rest.
            retry_after_s: seconds that a 429 asked to wait.
        """
        self._due.pop(slot, None)
        self._let_go.pop(slot, None)
        await self.run(
            "ops/report_outcome",
            {
                "service": self.description.service,
                "at": slot.at,
                "outcome": outcome,
                "reason": reason,
                "retry_after_s": retry_after_s,
                "cost": slot.cost,
            },
            again={"cost": 0},  # units that were given back must not be given back twice
        )

    async def calm(self) -> None:
        """Wait until no slot of this process is due within `CALM_S`: what then keeps the processor busy delays none."""
        calm_s = min(CALM_S, 0.3 * self.description.interval_s)
        while calm_s > 0:
            now = self.clock.earliest()
            due = [left for at in self._due.values() if -1 < (left := at.timestamp() - now) < calm_s]
            if not due:
                return
            await self._sleep(max(min(due), 0.0) + 0.005)

    async def wait_until(self, at: datetime, *, less_s: float = 0.0) -> None:
        """Sleep until the database's clock shows `at`, less some seconds."""
        began = self._monotonic()
        while (left := at.timestamp() - less_s - self.clock.earliest()) > 0:
            await self._sleep(left)
        self.waited_s += self._monotonic() - began

    async def run(
        self, name: str, params: Mapping[str, Any], *, again: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """Run one named statement in a transaction of its own; return its first row, or an empty one.

        A connection that broke is made anew, a few times: the server may be restarting. What broke may have been
        done: then the parameters in `again` go in place of those they name.

        Raises:
            DatabaseError: the source database cannot be reached.
        """
        try:
            async for attempt in stamina.retry_context(
                psycopg.OperationalError, attempts=6, timeout=30, wait_initial=0.2
            ):
                with attempt:
                    given = {**params, **(again or {})} if attempt.num > 1 else params
                    cursor = await (await self._connected()).execute(statement(name), given)
                    row = await cursor.fetchone() if cursor.description else None
                    return row or {}
        except psycopg.OperationalError as lost:
            raise DatabaseError(
                f"The source database can't be reached ({type(lost).__name__}): see that it runs, then run again."
            ) from None
        raise AssertionError("a retry ends by returning or raising")

    async def _connected(self) -> psycopg.AsyncConnection[dict[str, Any]]:
        async with self._connecting:
            if not self._entered:
                raise RuntimeError("a pace is used inside its context: a request was still under way at its end")
            if self._connection is None or self._connection.closed:
                self._connection = await psycopg.AsyncConnection.connect(
                    self._source_url.get_secret_value(), autocommit=True, row_factory=dict_row
                )
            return self._connection
