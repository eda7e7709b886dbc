"""The complete listing of a kind, and how it is known to be complete.

The whole is divided by update time and read part by part; what no update filter reaches is sought apart; then the sum
is compared with the service's own count, and at last everything that changed since an hour before the census is listed,
so that an item which moved while it was read is seen where it went. A census that was cut off is taken up (`takeup`).
"""

import asyncio
import math
from datetime import datetime

import structlog

from catalog_assets.hotstar.apart import DATED, UndatedSearch, read_lacking
from catalog_assets.hotstar.coverage import INDEX_LAG
from catalog_assets.hotstar.dividing import Divider
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.ledger import StartDateLedger
from catalog_assets.hotstar.listing import HOTSTAR_PAGING, ListingResult, finish, first_problem, proven_before
from catalog_assets.hotstar.parts import PartReading
from catalog_assets.hotstar.reading import Client, PartReader, UnreadableAnswer, cancel, narrowed
from catalog_assets.hotstar.record import ListingRecord, Part, locked
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.takeup import LeftBehind, left_behind
from catalog_assets.hotstar.windows import EVERYTHING, Filters, Paging, Window, windows_by_count
from resources.databases import Database

log = structlog.get_logger(__name__)

MOST_RECOUNTS = 3
"""How often the parts are counted again when they do not add up to the whole."""

WHOLE = Filters()


async def take_census(
    *,
    kind: Kind,
    client: Client,
    database: Database,
    run_id: str,
    origin: str,
    approved_deletions: int | None = None,
    paging: Paging = HOTSTAR_PAGING,
) -> ListingResult:
    """Lists everything of a kind, or takes up the census that a run before left.

    A run may have died as it merged what it had listed to the end: then nothing is asked for, and the pages are merged.

    Args:
        kind: what is listed.
        client: what answers; its requests are paced.
        database: `source`.
        run_id: the run that asks.
        origin: the service's address and partner, for the ledger of start-date filters.
        approved_deletions: how many deletions a person approved for what this census finds; begins a new census.
        paging: the service's limits.

    Raises:
        AlreadyRunning: another run takes a census of this kind.
        LockLost: the database connection went away.
        ServiceError: the service did not answer; what is stored stays, and the next run takes it up.
    """
    async with locked(database, kind, "census") as connection:
        if approved_deletions is None:
            for row in await connection.rows("find_unmerged_census", {"kind": kind.name}):
                return proven_before(row, paging)
        record = await ListingRecord.begin(connection, kind, "census", run_id, approved_deletions=approved_deletions)
        exempt = "taken up" if record.taken_up else None
        if approved_deletions is not None:
            exempt = "approved census"
        if not await connection.value("has_census", {"kind": kind.name}):
            exempt = "first load"
        known = await connection.rows("count_known_updates", {"kind": kind.name})
        return await _Census(
            record,
            PartReader(client, record, paging),
            StartDateLedger(record, origin, exempt),
            known_dates=[(row["update_s"], row["items"]) for row in known if row["update_s"] is not None],
            known_items=sum(row["items"] for row in known),
        ).take()


class _Census:
    def __init__(
        self,
        record: ListingRecord,
        reader: PartReader,
        ledger: StartDateLedger,
        *,
        known_dates: list[tuple[int, int]],
        known_items: int,
    ) -> None:
        self._record = record
        self._reader = reader
        self._ledger = ledger
        self._known_dates = known_dates
        self._known_items = known_items
        self._since = record.started_at - INDEX_LAG
        self._seen = Seen(math.floor(self._since.timestamp()))
        self._filters = record.kind.filters
        self._divider = Divider(reader, ledger, self._filters, known_dates)
        self._whole_total: int | None = None
        self._leaves: list[Part] = []
        self._found = 0
        self._total = 0
        self._moved = 0
        self._distinct: int | None = None
        self._closed_at: datetime | None = None
        self._undated: int | None = None

    async def take(self) -> ListingResult:
        before = await left_behind(self._record, self._reader.paging, self._seen)
        try:
            problem = await self._prove(before)
        except UnreadableAnswer as unreadable:
            problem = str(unreadable)
        if problem is None and self._total == 0 and self._known_items > 0:
            problem = f"the service lists nothing, although {self._known_items} items are known"
        log.info("census read", listing_id=self._record.listing_id, total=self._total, problem=problem)
        return await finish(
            self._record,
            self._reader.paging,
            self._leaves,
            self._seen,
            problem=problem,
            total=self._total,
            found_apart=self._found,
            moved=self._moved,
            distinct_ids=self._distinct,
            covered=(self._since, self._closed_at) if self._closed_at else None,
        )

    async def _prove(self, before: LeftBehind) -> str | None:
        """Reads everything; returns why it is not proven complete, None if it is."""
        self._divider.divided += before.divided
        self._reader.counted = before.counted
        self._leaves = await self._read(await self._plan(before))
        problem = first_problem(self._leaves) or await self._seek_apart(before)
        self._total = self._sum()
        return problem or await self._reckon() or await self._close(before)

    async def _plan(self, before: LeftBehind) -> list[Part]:
        """The parts to begin with: those left behind, windows made from the dates known, or the whole."""
        if before.leaves:
            return before.leaves
        paging = self._reader.paging
        if self._dated and self._known_items > paging.items(paging.planned_pages):
            planned = windows_by_count(EVERYTHING, self._known_dates, paging)
            if len(planned) > 1:
                return await self._reader.add("part", narrowed(WHOLE, planned, "update"))
        return await self._reader.add("part", [(WHOLE, self._known_items * 19 // 20 or None)])

    async def _read(self, parts: list[Part]) -> list[Part]:
        """Reads the parts, and meanwhile counts how many items there are, with an update time and without.

        Where nothing is known the whole is the first part: its first answer is the first of the counts.
        """
        whole = parts[0] if parts[0].filters == WHOLE else None
        if not self._dated or (whole is not None and self._known_items):
            return await self._reader.read(parts, self._divider.divide, self._take)
        ask = [DATED, WHOLE] if whole else [WHOLE, DATED, WHOLE]
        counting = asyncio.create_task(self._reader.counts(ask))
        try:
            leaves = await self._reader.read(parts, self._divider.divide, self._take)
            counts = await counting
        finally:
            await cancel([counting])
        self._note_counts([whole.total, *counts] if whole else counts)
        return leaves

    def _note_counts(self, counts: list[int]) -> None:
        before, dated, after = counts
        self._whole_total = before
        self._undated = max(before, after) - dated

    async def _seek_apart(self, before: LeftBehind) -> str | None:
        """Seeks what the parts' filters do not reach: what lacks a field that divided them."""
        if self._one_part():
            return None
        self._found, problem = await read_lacking(self._reader, self._divider, self._seen)
        if problem is not None or not self._dated or all(leaf.filters.update == EVERYTHING for leaf in self._leaves):
            return problem
        if self._undated is None:
            self._note_counts(await self._reader.counts([WHOLE, DATED, WHOLE]))
        search = UndatedSearch(self._reader, self._seen, self._ledger, before.apart)
        await search.seek(self._undated or 0, self._recount_undated)
        self._found += search.found
        return search.problem

    async def _recount_undated(self) -> int:
        self._reader.counted = {}
        self._note_counts(await self._reader.counts([WHOLE, DATED, WHOLE]))
        return self._undated or 0

    async def _reckon(self) -> str | None:
        """Compares the sum of the parts with the service's count of the whole.

        Where they differ, every part is counted again. A part that grew is read again; one that shrank is not, since
        what left it is gone or listed by the closing window, which also lists what the open newest part gained.
        """
        if self._one_part() or self._total == self._whole_total:
            return None
        whole = await self._reader.count(WHOLE)
        if self._total == whole:
            return None
        for _ in range(MOST_RECOUNTS):
            *counts, whole = await self._reader.counts([*(leaf.filters for leaf in self._leaves), WHOLE])
            grown = [
                leaf
                for leaf, now in zip(self._leaves, counts, strict=True)
                if now > leaf.total and (leaf.filters.update.last is not None or leaf.filters.start != EVERYTHING)
            ]
            if not grown and whole - sum(counts) <= self._found:
                self._total, self._moved = whole, self._sum() - whole
                return None
            problem = await self._read_again(grown)
            if problem is not None:
                return problem
        return f"the parts and what was found apart hold {self._sum()} items, but the service counts {whole}"

    async def _read_again(self, grown: list[Part]) -> str | None:
        for part in grown:
            reading = await self._record.connection.value("reread_part", {"part_id": part.part_id})
            part.reading = PartReading(self._reader.paging, part.total, reading)
            part.settled = False
        again = await self._reader.read(grown, self._divider.divide, self._take_new)
        self._leaves = [leaf for leaf in self._leaves if leaf not in grown] + again
        return first_problem(again)

    async def _close(self, before: LeftBehind) -> str | None:
        """Lists everything updated since an hour before the census began.

        A closing window that was cut off is read on only if nothing else was read since. A kind without update time has
        none: what came while it was read is the next census's.
        """
        self._distinct = self._seen.distinct()
        if not self._dated:
            return None
        divider = Divider(self._reader, self._ledger, self._filters)
        if before.windows and self._record.pages == 0:
            windows = before.windows
            divider.divided += before.windows_divided
            for window in windows:
                if window.settled:
                    self._take_new(window)
                    window.reading.release()
        else:
            since = Filters(update=Window(first=math.floor(self._since.timestamp())))
            await self._record.drop_parts(before.windows)
            before.windows_sent_at = None
            windows = await self._reader.add("window", [(since, None)])
        parts = await self._reader.read(windows, divider.divide, self._take_new)
        self._closed_at = before.windows_sent_at or windows[0].first_sent_at
        problem = first_problem(parts)
        if problem is None:
            _, problem = await read_lacking(self._reader, divider, self._seen)
        return problem

    def _take(self, part: Part) -> None:
        self._seen.add(part.reading.pages)

    def _take_new(self, part: Part) -> None:
        self._seen.add_new(part.reading.pages)

    @property
    def _dated(self) -> bool:
        return "update" in self._filters

    def _one_part(self) -> bool:
        return any(leaf.filters == WHOLE for leaf in self._leaves)

    def _sum(self) -> int:
        return sum(leaf.total for leaf in self._leaves) + self._found
