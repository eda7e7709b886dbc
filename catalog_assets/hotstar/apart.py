"""Seeks what the filter of update time does not reach: items without an update time.

How many there are is the difference of two counts. Where they are is found by start time: a window in which the service
counts more items than were read holds some of them, and is halved at the median of the start times read until few pages
read it whole. Each question costs one request of one item; the counts of both halves follow from one of them.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from catalog_assets.hotstar.dividing import Divider
from catalog_assets.hotstar.ledger import StartDateLedger
from catalog_assets.hotstar.parts import PageFacts, PageKey
from catalog_assets.hotstar.reading import PartReader
from catalog_assets.hotstar.record import Part
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.windows import EVERYTHING, Filters, Window

FAR_FUTURE_S = 32_535_215_999
"""The end of the year 3000, epoch seconds: no date of the service lies later (contracts: Hotstar, "Items")."""

DATED = Filters(update=Window(last=FAR_FUTURE_S))
"""Matches every item that has an update time."""

STARTING = Filters(start=Window(last=FAR_FUTURE_S))
"""Matches every item that has a start time."""

_READ_WHOLE = 2
"""A window that needs so few pages is read: halving it further costs as many requests."""


@dataclass(slots=True)
class UndatedSearch:
    """The search for items without update time.

    Args:
        reader: asks.
        seen: what was read before.
        ledger: allows filters by start date.
        stored: parts of the search that an earlier run left, by their filters.

    Attributes:
        found: items found so far.
        problem: why not all could be found.
    """

    reader: PartReader
    seen: Seen
    ledger: StartDateLedger
    stored: Mapping[Filters, Part] = field(default_factory=dict)
    found: int = 0
    problem: str | None = None

    async def seek(self, undated: int, recount: Callable[[], Awaitable[int]]) -> None:
        """Finds the items without update time, of which there are so many.

        Where fewer are found they are counted again before anything else is tried: items that came between the counts,
        or since an earlier run counted, look as if they had no update time.
        """
        if undated <= 0:
            return
        self.problem = await self.ledger.refusal()
        if self.problem is not None:
            self.problem = f"{undated} items have no update time, and {self.problem}"
            return
        starting = await self.reader.count(STARTING)
        missing = starting - self.seen.starting_in(STARTING.start)
        if missing > 0:
            await self._read(await self._locate(STARTING.start, missing))
        if self.problem is None and self.found < undated:
            undated = await recount()
        if self.problem is None and self.found < undated:
            await self._sweep(undated)
        if self.problem is None and self.found < undated:
            self.problem = f"{undated - self.found} of {undated} items without update time are reached by no filter"

    async def _locate(self, window: Window, missing: int) -> list[tuple[Filters, int | None]]:
        """The windows of start time to read and the items expected in each; one level's counts are asked at once."""
        level = [(window, missing)]
        located: list[tuple[Filters, int | None]] = []
        while level:
            halved: list[tuple[Window, Window, int]] = []
            for span, lacking in level:
                expected = self.seen.starting_in(span) + lacking
                halves = self._halve(span) if self.reader.paging.pages(expected) > _READ_WHOLE else None
                if halves is None:
                    located.append((Filters(start=span), expected))
                else:
                    halved.append((*halves, lacking))
            counts = await self.reader.counts([Filters(start=first) for first, _, _ in halved])
            level = []
            for (first, second, lacking), count in zip(halved, counts, strict=True):
                in_first = count - self.seen.starting_in(first)
                level += [
                    (span, here) for span, here in ((first, in_first), (second, lacking - max(in_first, 0))) if here > 0
                ]
        return sorted(located, key=lambda piece: piece[0].start.last or 0)

    def _halve(self, window: Window) -> tuple[Window, Window] | None:
        """Cuts a window beside the median of the start times read in it; None if it cannot be cut there."""
        middle = self.seen.median_start(window)
        if middle is None or window.single:
            return None
        median, before, there, after = middle
        cuts = [
            (abs(before - there - after), median - 1, window.first is None or window.first < median),
            (abs(before + there - after), median, window.last is None or median < window.last),
        ]
        _, last, _ = min(cut for cut in cuts if cut[2])
        return Window(window.first, last), Window(last + 1, window.last)

    async def _read(self, windows: Sequence[tuple[Filters, int | None]]) -> None:
        new = [piece for piece in windows if piece[0] not in self.stored]
        again = [self.stored[filters] for filters, _ in windows if filters in self.stored]
        parts = [*again, *await self.reader.add("apart", new)]
        divider = Divider(self.reader, self.ledger, {"start", "premium"})
        parts = await self.reader.read(parts, divider.divide, lambda part: self._take(part.reading.pages))
        self.problem = next((part.problem for part in parts if part.problem is not None), None)

    async def _sweep(self, undated: int) -> None:
        """The last resort for items with neither date: everything that paging reaches without a date filter."""
        for filters in (Filters(premium=True), Filters(premium=False), Filters()):
            part = (await self.reader.add("apart", [(filters, None)]))[0]
            for index in range(self.reader.paging.most_pages):
                key = PageKey(index % 2 == 1, index // 2 * self.reader.paging.step)
                facts = await self.reader.page(part, key)
                self._take([facts] if facts is not None else [])
                if self.found >= undated or (facts is not None and index + 1 >= self.reader.paging.pages(facts.total)):
                    break
            if self.found >= undated:
                return

    def _take(self, pages: Sequence[PageFacts]) -> None:
        new = self.seen.add_new(pages)
        self.found += sum(update is None for update, _ in new)


async def read_lacking(reader: PartReader, divider: Divider, seen: Seen) -> tuple[int, str | None]:
    """Seeks what a split by start time or `premium` missed because it lacks that field.

    Returns:
        How many items were found, and why not all were.
    """
    found = 0
    for parent, children in divider.divided:
        filters = parent.filters
        halves = [replace(filters, premium=premium) for premium in (True, False)]
        by_start = children[0].filters.premium == filters.premium
        if by_start and filters.start != EVERYTHING:
            continue
        lacking = await reader.lacking(filters, [replace(filters, start=STARTING.start)] if by_start else halves)
        here = 0
        if lacking > 0 and by_start and filters.premium is None:
            taken: list[tuple[int | None, int | None]] = []
            parts = await reader.read(
                await reader.add("apart", [(half, None) for half in halves]),
                _leave_whole,
                lambda part, taken=taken: taken.extend(seen.add_new(part.reading.pages)),  # type: ignore[misc]
            )
            problem = next((part.problem for part in parts if part.problem is not None), None)
            if problem is not None:
                return found, f"{lacking} items that match {filters} have no start time, and {problem}"
            here = sum(start is None for _, start in taken)
            found += here
        if here < lacking:
            return found, f"{lacking - here} items that match {filters} are reached by no filter"
    return found, None


async def _leave_whole(part: Part) -> Sequence[Part]:
    """Divides nothing: any split would miss the very items that are sought."""
    part.problem = f"{part.total} items match {part.filters}, more than paging reaches"
    return []
