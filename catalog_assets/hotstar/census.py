"""The complete listing of a kind, and how it is known to be complete.

The whole is divided by update time and read part by part; what no update filter reaches is sought apart; then the sum
is compared with the service's own count, and at last everything that changed since an hour before the census is listed,
so that an item which moved while it was read is seen where it went. A census that was cut off is taken up (`takeup`).
"""

import asyncio
import math

import structlog

from catalog_assets.hotstar.apart import DATED, UndatedSearch, read_lacking
from catalog_assets.hotstar.coverage import INDEX_LAG
from catalog_assets.hotstar.dividing import Divider
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.ledger import StartDateLedger
from catalog_assets.hotstar.listing import HOTSTAR_PAGING, ListingResult, finish, first_problem
from catalog_assets.hotstar.parts import PartReading
from catalog_assets.hotstar.reading import Client, PartReader, cancel, narrowed, together
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
        record = await ListingRecord.begin(connection, kind, "census", run_id, approved_deletions=approved_deletions)
        exempt = "taken up" if record.taken_up else None
        if approved_deletions is not None:
            exempt = "approved census"
        if not await connection.value("has_complete_census", {"kind": kind.name}):
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
        self._divider = Divider(reader, ledger, known_dates)
        self._whole_total: int | None = None
        self._counted: tuple[int, int] | None = None

    async def take(self) -> ListingResult:
        before = await left_behind(self._record, self._reader.paging, self._seen)
        self._divider.divided += before.divided
        leaves = await self._read(await self._plan(before), before)
        problem = first_problem(leaves)
        found = 0
        if problem is None:
            found, problem = await self._seek_apart(leaves, before)
        total, moved = self._sum(leaves) + found, 0
        if problem is None:
            total, moved, leaves, problem = await self._reckon(leaves, found)
        distinct = self._seen.distinct()
        window: Part | None = None
        if problem is None:
            window, problem = await self._close(before)
        if problem is None and total == 0 and self._known_items > 0:
            problem = f"the service lists nothing, although {self._known_items} items are known"
        log.info("census read", listing_id=self._record.listing_id, total=total, found_apart=found, problem=problem)
        return await finish(
            self._record,
            self._reader.paging,
            leaves,
            self._seen,
            problem=problem,
            total=total,
            found_apart=found,
            moved=moved,
            distinct_ids=distinct,
            covered=(self._since, window.first_sent_at) if window and window.first_sent_at else None,
        )

    async def _plan(self, before: LeftBehind) -> list[Part]:
        """The parts to begin with: those left behind, the whole, or windows made from the dates known."""
        self._whole_total = before.whole_total
        if before.leaves:
            return before.leaves
        paging = self._reader.paging
        if self._known_items > paging.items(paging.planned_pages):
            await self._count_undated(before)
            planned = windows_by_count(EVERYTHING, self._known_dates, paging)
            if (self._whole_total or 0) > paging.items(paging.planned_pages) and len(planned) > 1:
                return await self._reader.add("part", narrowed(WHOLE, planned, "update"))
        return await self._reader.add("part", [(WHOLE, self._known_items or None)])

    async def _read(self, parts: list[Part], before: LeftBehind) -> list[Part]:
        """Reads the parts; where nothing is known, counts what has no update time while the first answer is awaited."""
        counting: list[asyncio.Task[None]] = []
        if not self._known_items and not before.leaves:
            counting = [asyncio.create_task(self._count_undated(before))]
        try:
            leaves = await self._reader.read(parts, self._divider.divide, self._take)
            if self._whole_total is None and parts[0].filters == WHOLE:
                self._whole_total = parts[0].total
            for task in counting:
                await task
            return leaves
        finally:
            await cancel(counting)

    def _take(self, part: Part) -> None:
        self._seen.add(part.reading.pages)

    async def _count_undated(self, before: LeftBehind) -> None:
        """How many items have no update time: the whole, counted before and after, less those with one.

        Between two counts an item may come or go. The larger count of the whole makes a single such change harmless: it
        can only let us seek an item that is not there.
        """
        if self._counted is not None:
            return
        ask_whole = self._reader.count(WHOLE, "root") if self._known_items else None
        first = [] if self._whole_total is not None or ask_whole is None else [ask_whole]
        if ask_whole is not None and not first:
            ask_whole.close()
        later = [before.counted.get(DATED), before.counted.get(WHOLE)]
        asked = [
            self._reader.count(filters) for filters, known in zip((DATED, WHOLE), later, strict=True) if known is None
        ]
        answers = await together(*first, *asked)
        if first:
            self._whole_total = answers.pop(0)
        dated, whole = (known if known is not None else answers.pop(0) for known in later)
        self._counted = whole, dated

    async def _seek_apart(self, leaves: list[Part], before: LeftBehind) -> tuple[int, str | None]:
        """Seeks what the parts' filters do not reach: what lacks a field that divided them."""
        if any(leaf.filters == WHOLE for leaf in leaves):
            return 0, None
        found, problem = await read_lacking(self._reader, self._divider, self._seen, leaves)
        if problem is not None or all(leaf.filters.update == EVERYTHING for leaf in leaves):
            return found, problem
        await self._count_undated(before)
        whole, dated = self._counted or (0, 0)
        search = UndatedSearch(self._reader, self._seen, self._ledger, before.apart, before.counted)
        await search.seek(max(whole, self._whole_total or 0) - dated)
        return found + search.found, search.problem

    async def _reckon(self, leaves: list[Part], found: int) -> tuple[int, int, list[Part], str | None]:
        """Compares the parts' sum with the whole: (total, moved, parts, problem).

        Where they differ, every part is counted again. A part that grew is read again; one that shrank is not, since
        what left it is gone or listed by the closing window, which also lists what the open newest part gained.
        """
        read = self._sum(leaves) + found
        if any(leaf.filters == WHOLE for leaf in leaves) or read == self._whole_total:
            return read, 0, leaves, None
        whole = await self._reader.count(WHOLE)
        if read == whole:
            return whole, 0, leaves, None
        for _ in range(MOST_RECOUNTS):
            counts = await together(*(self._reader.count(leaf.filters) for leaf in leaves))
            grown = [
                leaf
                for leaf, now in zip(leaves, counts, strict=True)
                if now > leaf.total and (leaf.filters.update.last is not None or leaf.filters.start != EVERYTHING)
            ]
            if grown:
                leaves = [leaf for leaf in leaves if leaf not in grown] + await self._read_again(grown)
                problem = first_problem(leaves)
                if problem is not None:
                    return read, 0, leaves, problem
                counts = await together(*(self._reader.count(leaf.filters) for leaf in leaves))
            whole = await self._reader.count(WHOLE)
            if whole - sum(counts) <= found:
                return whole, self._sum(leaves) + found - whole, leaves, None
        return (
            whole,
            0,
            leaves,
            (f"the parts hold {sum(counts)} items and {found} were found apart, but the service counts {whole} in all"),
        )

    async def _read_again(self, parts: list[Part]) -> list[Part]:
        for part in parts:
            reading = await self._record.connection.value("reread_part", {"part_id": part.part_id})
            part.reading = PartReading(self._reader.paging, part.reading.total, reading)
            part.settled = False
        return await self._reader.read(parts, self._divider.divide, self._take_new)

    def _take_new(self, part: Part) -> None:
        self._seen.add_new(part.reading.pages)

    async def _close(self, before: LeftBehind) -> tuple[Part | None, str | None]:
        """Lists everything updated since an hour before the census began."""
        if before.window is not None and self._record.pages == 0:
            return before.window, None
        since = Filters(update=Window(first=math.floor(self._since.timestamp())))
        window = (await self._reader.add("window", [(since, None)]))[0]
        divider = Divider(self._reader, self._ledger)
        parts = await self._reader.read([window], divider.divide, lambda _: None)
        problem = first_problem(parts)
        if problem is None:
            _, problem = await read_lacking(self._reader, divider, Seen(0), parts)
        return window, problem

    def _sum(self, leaves: list[Part]) -> int:
        return sum(leaf.total for leaf in leaves)
