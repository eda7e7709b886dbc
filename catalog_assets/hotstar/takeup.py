"""What a census that was cut off left behind, read back from its rows so that no stored page is fetched twice.

Parts read within six hours stay, with as many of their pages as are stored; older ones are read again.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from catalog_assets.hotstar.pages import read_stored
from catalog_assets.hotstar.parts import PageKey, PartReading, State
from catalog_assets.hotstar.record import ListingRecord, Part, Row
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
        window: the closing window, if it was proven.
    """

    leaves: list[Part] = field(default_factory=list)
    apart: dict[Filters, Part] = field(default_factory=dict)
    counted: dict[Filters, list[int]] = field(default_factory=dict)
    divided: list[tuple[Part, Sequence[Part]]] = field(default_factory=list)
    window: Part | None = None


async def left_behind(record: ListingRecord, paging: Paging, seen: Seen) -> LeftBehind:
    """Reads a listing's parts back; those proven are taken into `seen`. Of a new listing there are none."""
    before = LeftBehind()
    every: list[tuple[Row, Part]] = []
    for row in record.stored_parts:
        part = Part(row["part_id"], row["role"], Filters.from_params(row["filters"]), PartReading(paging))
        every.append((row, part))
        if row["dropped"]:
            part.reading.total = row["total"]
            if part.role in {"root", "apart"} and row["total"] is not None and not row["stale"]:
                before.counted.setdefault(part.filters, []).append(part.total)
            continue
        await _read_back(record, paging, row, part)
        if part.role == "part":
            if part.reading.state is State.PROVEN:
                seen.add(part.reading.pages)
                part.reading.release()
                part.settled = True
            before.leaves.append(part)
        elif part.role == "apart":
            before.apart[part.filters] = part
        elif part.role == "window" and part.reading.state is State.PROVEN:
            before.window = part
    before.divided = _divided(every, paging)
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


def _divided(every: Sequence[tuple[Row, Part]], paging: Paging) -> list[tuple[Part, Sequence[Part]]]:
    divided: list[tuple[Part, Sequence[Part]]] = []
    for row, parent in every:
        if not row["dropped"] or parent.role not in {"part", "root"} or parent.total <= paging.capacity:
            continue
        children = [
            part
            for _, part in every
            if part.role == "part"
            and part.filters != parent.filters
            and part.filters.update == parent.filters.update
            and (part.filters.premium == parent.filters.premium or part.filters.start == parent.filters.start)
        ]
        if children:
            divided.append((parent, children))
    return divided
