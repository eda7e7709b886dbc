"""What a listing has read so far, in sixteen bytes an item: what is new, and how many items start when.

A census of a million films must not need more memory than one of fifty thousand, so ids stand as 64-bit hashes and
pages are let go as soon as their part is proven.
"""

import heapq
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import groupby

from catalog_assets.hotstar.parts import PageFacts
from catalog_assets.hotstar.windows import Window

_MOST_SAMPLED = 4000


class Seen:
    """The items of the parts proven so far.

    Args:
        changed_since_s: items updated at this epoch second or later may have moved from one part into another while a
            census ran, and are counted once.
    """

    def __init__(self, changed_since_s: int) -> None:
        self._changed_since_s = changed_since_s
        self._ids: list[array[int]] = []
        self._starts: list[array[int]] = []
        self._changed: dict[int, int | None] = {}

    def add(self, pages: Iterable[PageFacts]) -> None:
        """Takes in the pages of a proven part."""
        self._keep(_items(pages))

    def add_new(self, pages: Iterable[PageFacts]) -> list[tuple[int | None, int | None]]:
        """Takes in what no part before held; returns the (update time, start time) of each such item."""
        new = {item: dates for item, dates in _items(pages).items() if not self._holds(item)}
        self._keep(new)
        return list(new.values())

    def distinct(self) -> int:
        """How many different ids were read."""
        return sum(1 for _ in groupby(heapq.merge(*self._ids)))

    def starting_in(self, window: Window) -> int:
        """How many items read start within a window, each counted once."""
        counted = sum(len(part) for part in self._slices(window))
        for item, start in self._changed.items():
            if start is not None and window.holds(start):
                counted -= sum(_find(part, item) for part in self._ids) - 1
        return counted

    def median_start(self, window: Window) -> tuple[int, int, int, int] | None:
        """The median start second within a window, and how many items start before it, in it and after it.

        The median is taken from a sample where there are many. None: no item read starts within the window.
        """
        parts = list(self._slices(window))
        stride = sum(map(len, parts)) // _MOST_SAMPLED + 1
        sample = sorted(second for part in parts for second in part[::stride])
        if not sample:
            return None
        median = sample[len(sample) // 2]
        before = sum(bisect_left(part, median) for part in parts)
        upto = sum(bisect_right(part, median) for part in parts)
        return median, before, upto - before, sum(map(len, parts)) - upto

    def _keep(self, items: dict[int, tuple[int | None, int | None]]) -> None:
        self._ids.append(array("q", sorted(items)))
        self._starts.append(array("q", sorted(start for _, start in items.values() if start is not None)))
        self._changed.update(
            (item, start)
            for item, (update, start) in items.items()
            if update is not None and update >= self._changed_since_s
        )

    def _holds(self, item: int) -> bool:
        return any(_find(part, item) for part in self._ids)

    def _slices(self, window: Window) -> Iterable[Sequence[int]]:
        for part in self._starts:
            first = 0 if window.first is None else bisect_left(part, window.first)
            last = len(part) if window.last is None else bisect_right(part, window.last)
            yield part[first:last]


def _items(pages: Iterable[PageFacts]) -> dict[int, tuple[int | None, int | None]]:
    return {
        hash(content_id): (update, start)
        for page in pages
        for content_id, update, start in zip(page.ids, page.updates, page.starts, strict=True)
    }


def _find(part: Sequence[int], item: int) -> bool:
    place = bisect_left(part, item)
    return place < len(part) and part[place] == item
