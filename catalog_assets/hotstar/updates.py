"""Lists what was updated in a window of time: what a poll asks for.

The range is noted as covered only once the listing is proven; a poll that fails leaves a hole, and the next fills it.
"""

import math
from datetime import datetime

from catalog_assets.hotstar.apart import read_lacking
from catalog_assets.hotstar.coverage import window_to_list
from catalog_assets.hotstar.dividing import Divider
from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.ledger import StartDateLedger
from catalog_assets.hotstar.listing import HOTSTAR_PAGING, ListingResult, finish, first_problem
from catalog_assets.hotstar.reading import Client, PartReader, UnreadableAnswer
from catalog_assets.hotstar.record import ListingRecord, locked
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.windows import Filters, Paging, Window
from resources.databases import Database


async def list_updates(
    *,
    kind: Kind,
    client: Client,
    database: Database,
    run_id: str,
    origin: str,
    start: datetime,
    end: datetime,
    paging: Paging = HOTSTAR_PAGING,
) -> ListingResult:
    """Lists what was updated on the days asked for: see `coverage.window_to_list` for where it begins.

    Args:
        kind: what is listed.
        client: what answers; its requests are paced.
        database: `source`.
        run_id: the run that asks.
        origin: the service's address and partner, for the ledger of start-date filters.
        start: first instant of the days.
        end: their end, exclusive; may lie ahead, then the range covered ends with the sending of the first page.
        paging: the service's limits.

    Raises:
        AlreadyRunning: another run lists updates of this kind.
        LockLost: the database connection went away.
        ServiceError: the service did not answer; what is stored stays, and no range is covered.
    """
    async with locked(database, kind, "update") as connection:
        first, last = await window_to_list(connection, kind, start, end)
        window = Window(math.floor(first.timestamp()), math.ceil(last.timestamp()) - 1)
        record = await ListingRecord.begin(
            connection, kind, "update", run_id, update_from_s=window.first, update_to_s=window.last
        )
        reader = PartReader(client, record, paging)
        divider = Divider(reader, StartDateLedger(record, origin, exempt=None), kind.filters)
        seen = Seen(math.floor(record.started_at.timestamp()))
        whole = await reader.add("part", [(Filters(update=window), None)])
        leaves = await reader.read(whole, divider.divide, lambda part: seen.add(part.reading.pages))
        problem = first_problem(leaves)
        found = 0
        if problem is None:
            try:
                found, problem = await read_lacking(reader, divider, seen)
            except UnreadableAnswer as unreadable:
                problem = str(unreadable)
        return await finish(
            record,
            paging,
            leaves,
            seen,
            problem=problem,
            total=sum(leaf.total for leaf in leaves) + found,
            found_apart=found,
            covered=(first, min(last, record.first_sent_at)) if record.first_sent_at else None,
        )
