"""What was asked of a service: every request, admitted or refused, so that a test can count and time them."""

import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from sandbox.requests import Asked, Reply

_NOT_FILTERS = {"offset", "size", "orderBy", "order", "partner"}
START_DATE = {"fromStartDate", "toStartDate"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One request."""

    arrived: float
    at: float
    """Epoch seconds of real time at its arrival."""
    clock: float
    """Epoch seconds of the sandbox's clock at its answer."""
    path: str
    params: dict[str, str]
    status: int
    admitted: bool
    items: int
    credits: int

    def filters(self) -> list[str]:
        """Return the names of the filters used, sorted."""
        return sorted(self.params.keys() - _NOT_FILTERS)


@dataclass(slots=True)
class Ledger:
    """The requests of one service since it started or was reset."""

    entries: list[Entry] = field(default_factory=list)

    def record(self, asked: Asked, reply: Reply, *, admitted: bool, clock: float) -> None:
        """Write a request down with its answer; `clock` is the sandbox's time."""
        at = time.time() - (time.monotonic() - asked.arrived)
        items, cost = (reply.items, reply.credits) if admitted else (0, 0)
        params = dict(asked.params)
        self.entries.append(Entry(asked.arrived, at, clock, asked.path, params, reply.status, admitted, items, cost))

    def summary(self) -> dict[str, object]:
        """Return the counts, and when admitted requests arrived (seconds after the first)."""
        admitted = sorted((entry for entry in self.entries if entry.admitted), key=lambda entry: entry.arrived)
        arrivals = [entry.arrived - admitted[0].arrived for entry in admitted]
        spacings = [later - earlier for earlier, later in pairwise(arrivals)]
        start_uses = [entry for entry in admitted if START_DATE & entry.params.keys()]
        return {
            "accepted": len(admitted),
            "refused": len(self.entries) - len(admitted),
            "by_status": dict(Counter(str(entry.status) for entry in self.entries)),
            "by_path": dict(Counter(entry.path for entry in admitted)),
            "by_filters": dict(Counter(",".join(entry.filters()) for entry in admitted)),
            "items": sum(entry.items for entry in admitted),
            "arrivals": arrivals,
            "least_spacing": min(spacings, default=None),
            "start_date_uses": dict(Counter(entry.path for entry in start_uses)),
            "start_date_times": [entry.at for entry in start_uses],
        }

    def requests(self) -> list[dict[str, object]]:
        """Return every request in order of arrival, refused ones too."""
        return [
            {
                "at": entry.at,
                "clock": entry.clock,
                "path": entry.path,
                "params": entry.params,
                "status": entry.status,
                "admitted": entry.admitted,
                "items": entry.items,
            }
            for entry in sorted(self.entries, key=lambda entry: entry.arrived)
        ]
