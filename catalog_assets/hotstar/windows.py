"""What a request filters by, and how a listing too long for paging is divided (contracts: Hotstar, "Endpoints").

Boundaries come from dates already seen, never from halving time: thousands of items may share one second, and most
seconds hold none. Pure functions: nothing here asks the service or the database.
"""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Window:
    """A span of update time or start time in epoch seconds, both ends inclusive; None leaves an end open."""

    first: int | None = None
    last: int | None = None

    @property
    def bounded(self) -> bool:
        """Whether it limits anything."""
        return self.first is not None or self.last is not None

    @property
    def single(self) -> bool:
        """Whether it is one second, which no window divides."""
        return self.first is not None and self.first == self.last

    def holds(self, second: int) -> bool:
        """Whether a second lies in it."""
        return (self.first is None or self.first <= second) and (self.last is None or second <= self.last)


EVERYTHING = Window()

_OWN = {"fromStartDate", "toStartDate", "fromUpdateDate", "toUpdateDate", "premium"}


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of one request.

    Attributes:
        update: Update time.
        start: Start time.
        premium: Whether it is paid for; None: both.
        within: A parameter that names an item of another kind, and its value: ("showId", "30").
    """

    update: Window = EVERYTHING
    start: Window = EVERYTHING
    premium: bool | None = None
    within: tuple[str, str] | None = None

    def params(self) -> dict[str, str]:
        """As the service takes them, and as `hotstar.parts.filters` keeps them."""
        given = {
            "fromStartDate": self.start.first,
            "toStartDate": self.start.last,
            "fromUpdateDate": self.update.first,
            "toUpdateDate": self.update.last,
        }
        params = {name: str(second) for name, second in given.items() if second is not None}
        if self.premium is not None:
            params["premium"] = "true" if self.premium else "false"
        if self.within is not None:
            params[self.within[0]] = self.within[1]
        return params

    @classmethod
    def from_params(cls, params: Mapping[str, str]) -> "Filters":
        """The reverse of `params`."""

        def second(name: str) -> int | None:
            return int(params[name]) if name in params else None

        return cls(
            Window(second("fromUpdateDate"), second("toUpdateDate")),
            Window(second("fromStartDate"), second("toStartDate")),
            params["premium"] == "true" if "premium" in params else None,
            next(((name, value) for name, value in params.items() if name not in _OWN), None),
        )

    def __str__(self) -> str:
        return " ".join(f"{name}={value}" for name, value in self.params().items()) or "no filter"


@dataclass(frozen=True, slots=True)
class Paging:
    """How far a service lets one filter be paged, and what follows for a part read from both ends.

    Neighbouring pages overlap by one item, so offsets advance by `size - 1`.

    Attributes:
        size: Most items a page may have.
        reach: What `offset + size` may be at most.
    """

    size: int = 1000
    reach: int = 10_000

    @property
    def step(self) -> int:
        """By how much offsets advance."""
        return self.size - 1

    @property
    def most_pages(self) -> int:
        """Pages that one part can take, both ends together."""
        return 2 * ((self.reach - self.size) // self.step + 1)

    @property
    def capacity(self) -> int:
        """Items that one part can hold at most."""
        return self.items(self.most_pages)

    @property
    def planned_pages(self) -> int:
        """Pages that a planned part takes at most: a tenth below the most, so that growth does not overflow it."""
        return max(1, self.most_pages * 9 // 10)

    def items(self, pages: int) -> int:
        """Items that so many pages hold, the overlaps counted once."""
        return pages * self.step + 1

    def pages(self, items: int) -> int:
        """Pages that so many items need."""
        return max(1, -(-(items - 1) // self.step))


@dataclass(frozen=True, slots=True)
class Planned:
    """A window, how many items are expected in it, and how many there are almost surely at least."""

    window: Window
    expected: int
    at_least: int


_SAMPLED_SHARE, _KNOWN_SHARE = 0.7, 0.95
"""The share of the items expected that is almost surely there, by a sample and by counts known before."""

SLACK = 20
"""Items by which a part may outgrow its plan before it needs one more page."""


def windows_by_count(window: Window, counts: Sequence[tuple[int, int]], paging: Paging) -> list[Planned]:
    """Divides a window by known counts of (second, items), so that every part but the newest fills its pages.

    Args:
        window: what is divided.
        counts: seconds in rising order with the items known in each.
        paging: the service's limits.
    """
    held = [(second, items) for second, items in counts if window.holds(second)]
    cuts: list[tuple[int, int]] = []
    begin = 0
    while begin < len(held):
        end, expected = _fill(held, begin, paging)
        cuts.append((held[end][0], expected))
        begin = end + 1
    return _cut(window, cuts[:-1], cuts[-1][1] if cuts else 0, _KNOWN_SHARE)


def _fill(counts: Sequence[tuple[int, int]], begin: int, paging: Paging) -> tuple[int, int]:
    """Where the part that begins at an index ends: as late as possible among the ends that waste least of a page."""
    most = paging.items(paging.planned_pages)
    slack = SLACK if paging.size > 10 * SLACK else 0
    tolerated = paging.step // 50
    best, best_items, best_waste = begin, counts[begin][1], math.inf
    items = 0
    for index in range(begin, len(counts)):
        items += counts[index][1]
        pages = paging.pages(items + slack)
        if pages > paging.planned_pages or items > most:
            break
        waste = max(0, paging.items(pages) - slack - items - tolerated)
        if index == len(counts) - 1:
            return index, items
        if pages * 2 >= paging.planned_pages and waste <= best_waste:
            best, best_items, best_waste = index, items, waste
        elif math.isinf(best_waste):
            best, best_items = index, items
    return best, best_items


def windows_by_sample(window: Window, sample: Iterable[int], total: int, paging: Paging) -> list[Planned]:
    """Divides a window that holds more than a part can, by the quantiles of some dates seen in it.

    Returns an empty list where dates do not divide it: it is one second, or none of its dates is known.

    Args:
        window: what is divided.
        sample: seconds of items seen in it, in any order, repeated where items share one.
        total: items the service counts in it.
        paging: the service's limits.
    """
    seen = sorted(Counter(second for second in sample if window.holds(second)).items())
    if window.single or not seen:
        return []
    scale = total / sum(count for _, count in seen)
    limit = _safe_size(scale, paging)
    even = total / math.ceil(total / limit)
    cuts: list[tuple[int, int]] = []
    held = cut = 0.0
    for second, count in seen:
        weight = count * scale
        if weight > limit and (count > 1 or len(seen) == 1):
            cuts += [(second - 1, round(held)), (second, round(weight))]
            cut += held + weight
            held = 0.0
            continue
        goal = even * (math.floor(cut / even + 0.5) + 1) - cut
        if held and (held + weight > limit or held + weight / 2 > goal):
            cuts.append((second - 1, round(held)))
            cut += held
            held = 0.0
        held += weight
    return _cut(window, cuts, round(held), _SAMPLED_SHARE)


def _safe_size(scale: float, paging: Paging) -> float:
    """Items to plan for in a part when each sampled one stands for `scale`: 2.5 deviations below what a part holds."""
    deviation = 2.5 * math.sqrt(scale)
    root = (math.sqrt(deviation**2 + 4 * paging.capacity) - deviation) / 2
    return max(1.0, min(root**2, paging.items(paging.planned_pages)))


def _cut(window: Window, cuts: Sequence[tuple[int, int]], rest: int, share: float) -> list[Planned]:
    """Windows that together are the whole: one up to each cut (last second, items expected), and the rest."""
    planned: list[Planned] = []
    first = window.first
    for last, expected in cuts:
        if first is None or first <= last:
            planned.append(Planned(Window(first, last), expected, int(expected * share)))
            first = last + 1
    if first is None or window.last is None or first <= window.last:
        planned.append(Planned(Window(first, window.last), rest, int(rest * share)))
    return planned
