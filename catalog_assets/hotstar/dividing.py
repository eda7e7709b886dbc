"""Divides a part that paging cannot reach: by update time, then by start time, then by `premium`.

A split by start time or `premium` misses items that lack the field; `apart` seeks them.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace

from catalog_assets.hotstar.kinds import FilterName
from catalog_assets.hotstar.ledger import StartDateLedger
from catalog_assets.hotstar.reading import PartReader, narrowed
from catalog_assets.hotstar.record import Part
from catalog_assets.hotstar.windows import EVERYTHING, Filters, windows_by_count, windows_by_sample


class Divider:
    """Makes parts of one that overflows.

    Args:
        reader: adds the parts.
        ledger: allows filters by start date.
        filters: what the endpoint filters by.
        known: counts of (update second, items) known before; they divide the whole better than a sample does.

    Attributes:
        ledger: as given.
        divided: the parts divided by a field that items may lack, with what they were divided into.
    """

    def __init__(
        self,
        reader: PartReader,
        ledger: StartDateLedger,
        filters: Collection[FilterName],
        known: Sequence[tuple[int, int]] = (),
    ) -> None:
        self.divided: list[tuple[Part, Sequence[Part]]] = []
        self._reader = reader
        self._filters = filters
        self.ledger = ledger
        self._known = known

    async def divide(self, part: Part) -> Sequence[Part]:
        """The parts that replace one; none if nothing divides it, with the reason in its `problem`."""
        filters = part.filters
        if "update" in self._filters and filters.start == EVERYTHING:
            planned = (
                windows_by_count(filters.update, self._known, self._reader.paging)
                if self._known and filters == Filters()
                else []
            )
            if len(planned) < 2:
                dates = [second for page in part.reading.pages for second in page.updates if second is not None]
                planned = windows_by_sample(filters.update, dates, part.total, self._reader.paging)
            if planned:
                return await self._reader.add(part.role, narrowed(filters, planned, "update"), replaced=part)
        children = await self._divide_by_start(part) or await self._divide_by_premium(part)
        if children:
            self.divided.append((part, children))
        elif part.problem is None:
            part.problem = (
                f"{part.total} items match {filters}, more than the {self._reader.paging.capacity} that paging reaches,"
                " and no filter divides them"
            )
        return children

    async def _divide_by_start(self, part: Part) -> Sequence[Part]:
        if "start" not in self._filters:
            return []
        dates = [second for page in part.reading.pages for second in page.starts if second is not None]
        planned = windows_by_sample(part.filters.start, dates, part.total, self._reader.paging)
        if not planned:
            return []
        refusal = await self.ledger.refusal()
        if refusal is not None:
            part.problem = f"{part.total} items match {part.filters}, which only start time divides, and {refusal}"
            return []
        return await self._reader.add(part.role, narrowed(part.filters, planned, "start"), replaced=part)

    async def _divide_by_premium(self, part: Part) -> Sequence[Part]:
        if "premium" not in self._filters or part.problem is not None or part.filters.premium is not None:
            return []
        halves: list[tuple[Filters, int | None]] = [
            (replace(part.filters, premium=premium), None) for premium in (False, True)
        ]
        return await self._reader.add(part.role, halves, replaced=part)
