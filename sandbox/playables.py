"""What films, episodes and matches have in common: their ids, dates, premium, status and end."""

from array import array
from collections.abc import MutableSequence
from functools import cached_property
from typing import NamedTuple

from sandbox.arithmetic import Draw, mix, stream
from sandbox.dates import NO_END, YEAR_3000, Dates, Spread
from sandbox.ids import Ids
from sandbox.kinds import ABSENT, Filter

COLUMNS = ("updateDate", "startDate", "premium")
FILTERS = {
    "fromUpdateDate": Filter("updateDate", "from"),
    "toUpdateDate": Filter("updateDate", "to"),
    "fromStartDate": Filter("startDate", "from"),
    "toStartDate": Filter("startDate", "to"),
    "premium": Filter("premium", "flag"),
}
ORDERS = {"contentId": None, "startDate": "startDate"}
DEFAULT_ORDER = ("startDate", "desc")
"""The contract leaves the default open: this order repeats items across pages, so it finds out a careless client."""
TOLD = ("id", "title", "updateDate", "startDate", "endDate", "assetStatus", "premium")


class Playable(NamedTuple):
    """The common part of one item; dates and `premium` are ABSENT where it has none."""

    content_id: str
    update: int
    start: int
    premium: int
    status: str
    """Half are unpublished, and all that start in the year 3000."""


class Columns(NamedTuple):
    """The same of many items, in the order of their numbers."""

    content_ids: list[str]
    update: MutableSequence[int]
    start: MutableSequence[int]
    premium: MutableSequence[int]
    unpublished: bytes


class Playables:
    """The common part of a kind's items, each a function of its number and the seed."""

    def __init__(self, seed: int, name: str, count: int, *, spread: Spread, id_offset: int, today: int) -> None:
        self._seed = seed
        self._stream = stream(f"{name}.keys")
        self._count = count
        self.dates = Dates(seed, name, count, spread, today)
        self.ids = Ids(seed, id_offset)

    def of(self, number: int) -> Playable:
        """Return the common part of an item."""
        part, at = (self.at_start, number) if number < self._count else (self._later(number), 0)
        start = part.start[at]
        status = "UNPUBLISHED" if start == YEAR_3000 or part.unpublished[at] else "PUBLISHED"
        return Playable(part.content_ids[at], part.update[at], start, part.premium[at], status)

    @cached_property
    def at_start(self) -> Columns:
        """What is common to all items that there are at the start."""
        bits = [mix(self._seed, self._stream, number) for number in range(self._count)]
        return self._columns(0, bits, *self.dates.at_start([part >> 28 for part in bits]))

    def _later(self, number: int) -> Columns:
        bits = mix(self._seed, self._stream, number)
        return self._columns(number, [bits], *self.dates.scattered([bits >> 28]))

    def _columns(
        self, first: int, bits: list[int], update: MutableSequence[int], start: MutableSequence[int]
    ) -> Columns:
        return Columns(
            self.ids.content_ids(first, [part >> 20 for part in bits]),
            update,
            start,
            array("q", [ABSENT if part % 1009 == 0 else part >> 12 & 1 for part in bits]),
            bytes([1 - (part >> 40 & 1) for part in bits]),
        )


def end_date(start: int, draw: Draw) -> int | None:
    """Return when an item ends; None for a null, ABSENT for no field. None falls near the present: truth stays put."""
    if start == YEAR_3000:
        return YEAR_3000 + 28_799
    odds = draw.below(1000)
    if odds < 120:
        return 1_500_000_000 + draw.below(270_000_000)
    if odds < 320:
        return 2_051_222_400 + draw.below(500_000_000)
    rare = {320: 0, 321: -1, 322: None, 323: ABSENT, 324: 4_102_444_799}
    return rare.get(320 + (odds - 320) // 8, NO_END)


def add_dates(item: dict[str, object], start: int, end: int | None) -> None:
    """Add `startDate` and `endDate`, where there are such fields."""
    if start != ABSENT:
        item["startDate"] = start
    if end != ABSENT:
        item["endDate"] = end


def add_premium(item: dict[str, object], premium: int) -> None:
    """Add `premium` and `vip`, which agree, where there are such fields."""
    if premium != ABSENT:
        item["premium"] = item["vip"] = bool(premium)
