"""Update and start times of films, episodes and matches, spread so that a client has it hard (design: The sandbox).

An item's place in a shuffle decides its dates, so that the counts are exact and unrelated to `contentId`. A spread
gives them for a kind at its full size; they shrink in proportion. All times are epoch seconds.
"""

from array import array
from collections.abc import MutableSequence, Sequence
from dataclasses import dataclass

from sandbox.arithmetic import Shuffle
from sandbox.kinds import ABSENT

YEAR_3000 = 32_535_072_000
NO_END = 4_102_424_940
LAST_UPDATE = 1_793_471_400
"""No item was updated later than this when the sandbox starts (2026-10-31 18:30 UTC); fixed, so that a sandbox
started again with its seed shows the same catalogue."""
DAY = 86_400

_OLD_IMPORT = 1_340_000_000
_SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Spread:
    """How many items of a kind have which dates, where there are `full_size` of them."""

    full_size: int
    start_second: int
    """Where `starts` items start; a client can page about 19,900 under one filter, so a second holds fewer. Of a larger
    catalogue as many start in each of the seconds that follow."""
    starts: int
    update_second: int
    """Where `updates` items were last updated, `both` of them among the `starts`."""
    updates: int
    both: int
    no_start: tuple[int, int]
    """Items without `startDate`: among the `updates`, and beside them."""
    no_update: int
    start_zero: int
    start_negative: int
    start_3000: int
    """Items of the year 3000's last second: unreleased."""
    odd_updates: int = 10
    """Items updated at 0, as many before 1970, and as many in the year 3000."""
    soon: int = 0
    """Items that start from 6 hours before the sandbox's day to 14 days after it, evenly."""


class Dates:
    """The dates of a kind's items, each a function of its number."""

    def __init__(self, seed: int, name: str, count: int, spread: Spread, today: int) -> None:
        """Spread `count` items; `today` is the beginning of the sandbox's day."""
        self._count = count
        self._places = Shuffle(seed, f"{name}.place", count)
        self._spread = spread
        self._today = today

        def items(of_full_size: int) -> int:
            share = round(of_full_size * count / spread.full_size)
            return max(share, 1) if count >= 100 and of_full_size else share

        self._starts = range(items(spread.starts))
        first = self._starts.stop - items(spread.both)
        self._updates = range(first, first + items(spread.updates))
        end = self._updates.stop
        self._no_start = range(end - items(spread.no_start[0]), min(end + items(spread.no_start[1]), count))
        self._no_update = _next(self._no_start, items(spread.no_update), count)
        self._start_zero = _next(self._no_update, items(spread.start_zero), count)
        self._start_negative = _next(self._start_zero, items(spread.start_negative), count)
        self._start_3000 = _next(self._start_negative, items(spread.start_3000), count)
        self._update_zero = _next(self._start_3000, items(spread.odd_updates), count)
        self._update_negative = _next(self._update_zero, items(spread.odd_updates), count)
        self._update_3000 = _next(self._update_negative, items(spread.odd_updates), count)
        self._soon = _next(self._update_3000, items(spread.soon), count)

    def scattered(self, bits: Sequence[int]) -> tuple[MutableSequence[int], MutableSequence[int]]:
        """Return update and start times of items that have nothing special, from 36 bits of each."""
        # Two thirds of the updates fall into the last four years.
        ages = [part % 340_000_000 if part % 3 == 0 else part % 340_000_000 % 126_000_000 for part in bits]
        return (
            array("q", [LAST_UPDATE - age for age in ages]),
            array("q", [LAST_UPDATE - (part >> 5) % 900_000_000 for part in bits]),
        )

    def at_start(self, bits: Sequence[int]) -> tuple[MutableSequence[int], MutableSequence[int]]:
        """Return the update and start times of all items there are at the start, ABSENT where there is none."""
        update, start = self.scattered(bits)
        at = self._places.number_at
        for place in self._starts:
            start[at(place)] = self._spread.start_second + (place - self._starts.start) // self._spread.starts
        for place in self._start_zero:
            start[at(place)] = 0
        for number in map(at, self._start_negative):
            start[number] = -1 - bits[number] % 600_000_000
        for place in self._start_3000:
            start[at(place)] = YEAR_3000
        for place in self._soon:
            since = (place - self._soon.start) * _SOON_DAYS * DAY // len(self._soon)
            start[at(place)] = self._today - DAY // 4 + since
        for place in self._updates:
            update[at(place)] = self._spread.update_second + (place - self._updates.start) // self._spread.updates
        for place in self._update_zero:
            update[at(place)] = 0
        for number in map(at, self._update_negative):
            update[number] = -1 - bits[number] % 1_000_000
        for number in map(at, self._update_3000):
            update[number] = YEAR_3000 + bits[number] % 1_000
        for place in self._no_start:
            start[at(place)] = ABSENT
        for place in self._no_update:
            # One import of a single day wrote no update time, and a few unreleased titles have none.
            number = at(place)
            update[number] = ABSENT
            start[number] = YEAR_3000 if place % 5 == 0 else _OLD_IMPORT + bits[number] % DAY
        return update, start

    def is_soon(self, number: int) -> bool:
        """Say whether an item starts around the sandbox's day."""
        return number < self._count and self._places.place(number) in self._soon


def _next(before: range, length: int, count: int) -> range:
    return range(before.stop, min(before.stop + length, count))
