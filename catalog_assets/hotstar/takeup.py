"""What a census that was cut off left behind, read back from its rows so that no stored page is fetched twice.

Parts read within six hours stay, with as many of their pages as are stored; older ones are read again.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from catalog_assets.hotstar.pages import read_stored
from catalog_assets.hotstar.parts import PageKey, PartReading, State
from catalog_assets.hotstar.record import ListingRecord, Part, Role, Row
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.windows import Filters, Paging


@dataclass(slots=True)
class LeftBehind:
    """The parts of a census as an earlier run left them.

    Attributes:
        leaves: the parts that count, those proven settled already.
        apart: the parts of the search for undated items, by their filters.
        counted: the service's counts, in order of asking, by their filters.
        divided: parts divided by start time or `premium`, with what they were divided into.
        windows: the closing window, or what it was divided into; those proven are settled, their pages still at hand.
        windows_divided: as `divided`, of the closing window.
        windows_sent_at: when the closing window's first page was sent; None if there is none.
    """

    leaves: list[Part] = field(default_factory=list)
    apart: dict[Filters, Part] = field(default_factory=dict)
    counted: dict[Filters, list[int]] = field(default_factory=dict)
    divided: list[tuple[Part, Sequence[Part]]] = field(default_factory=list)
    windows: list[Part] = field(default_factory=list)
    windows_divided: list[tuple[Part, Sequence[Part]]] = field(default_factory=list)
    windows_sent_at: datetime | None = None


async def left_behind(record: ListingRecord, paging: Paging, seen: Seen) -> LeftBehind:
    """Reads a listing's parts back, none of a new one; the leaves that are proven are taken into `seen`."""
    before = LeftBehind()
    every: list[tuple[Row, Part]] = []
    for row in record.stored_parts:
        reading = PartReading(paging, reading=row["reading"])
        part = Part(row["part_id"], row["role"], Filters.from_params(row["filters"]), reading)
        every.append((row, part))
        if part.role == "window" and row["first_sent_at"] is not None:
            before.windows_sent_at = min(before.windows_sent_at or row["first_sent_at"], row["first_sent_at"])
        if row["dropped"]:
            part.reading.total = row["total"]
            if part.role in {"root", "apart"} and row["total"] is not None and not row["stale"]:
                before.counted.setdefault(part.filters, []).append(part.total)
            continue
        await _read_back(record, paging, row, part)
        if part.role == "apart":
            before.apart[part.filters] = part
            continue
        if part.reading.state is State.PROVEN:
            if not row["proven"]:
                await record.prove(part)
            part.settled = True
        if part.role == "window":
            before.windows.append(part)
            continue
        if part.settled:
            seen.add(part.reading.pages)
            part.reading.release()
        before.leaves.append(part)
    before.divided = _divided(every, paging, {"part", "root"})
    before.windows_divided = _divided(every, paging, {"window"})
    return before


async def _read_back(record: ListingRecord, paging: Paging, row: Row, part: Part) -> None:
    if row["stale"]:
        reading = await record.connection.value("reread_part", {"part_id": part.part_id})
        part.reading = PartReading(paging, row["total"], reading)
        return
    part.first_sent_at = row["first_sent_at"]
    for page in await record.connection.rows("read_part_pages", {"part_id": part.part_id}):
        facts = await asyncio.to_thread(read_stored, page["body"])
        if facts is not None:
            part.reading.take(PageKey(page["descending"], page["page_offset"]), page["reading"], facts)


def _divided(
    every: Sequence[tuple[Row, Part]], paging: Paging, roles: Collection[Role]
) -> list[tuple[Part, Sequence[Part]]]:
    divided: list[tuple[Part, Sequence[Part]]] = []
    for row, parent in every:
        if not row["dropped"] or parent.role not in roles or parent.total <= paging.capacity:
            continue
        children = [
            part
            for _, part in every
            if part.role in roles
            and part.filters != parent.filters
            and part.filters.update == parent.filters.update
            and (part.filters.premium == parent.filters.premium or part.filters.start == parent.filters.start)
        ]
        if children:
            divided.append((parent, children))
    return divided
