"""Lists a kind that the service shows only within one item of another kind at a time: the seasons of each series.

Every series is a part of its own with its own proof, so that one which fails spoils no other. A round lists those that
are due; what it could not list is due again.
"""

import math

from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.listing import HOTSTAR_PAGING, ListingResult, finish
from catalog_assets.hotstar.reading import Client, PartReader
from catalog_assets.hotstar.record import ListingRecord, Part, locked
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.windows import Filters, Paging
from resources.databases import Database

A_DAY = 250
"""Series that one round lists: all 6,111 of them come up within 25 days."""


async def list_round(
    *,
    kind: Kind,
    client: Client,
    database: Database,
    run_id: str,
    most: int | None = A_DAY,
    approved_deletions: int | None = None,
    paging: Paging = HOTSTAR_PAGING,
) -> ListingResult:
    """Lists what is due: new ones first, then those known to lack something, then those listed longest ago.

    Args:
        kind: what is listed; it says by which field of which other kind.
        client: what answers; its requests are paced.
        database: `source`.
        run_id: the run that asks.
        most: how many items of the other kind to ask for; None: all that were not listed within a day.
        approved_deletions: how many deletions a person approved for what this round finds.
        paging: the service's limits.

    Raises:
        AlreadyRunning: another run lists this kind.
        LockLost: the database connection went away.
        ServiceError: the service did not answer; what is stored and proven stays.
    """
    assert kind.listed_by is not None  # noqa: S101 - rounds are for such kinds alone
    async with locked(database, kind, "round") as connection:
        due = await connection.rows(f"{kind.name}/choose_due", {"most": most})
        record = await ListingRecord.begin(connection, kind, "round", run_id, approved_deletions=approved_deletions)
        reader = PartReader(client, record, paging)
        seen = Seen(math.floor(record.started_at.timestamp()))
        parts = await reader.add("part", [(Filters(within=(kind.listed_by, row["scope"])), 1) for row in due])
        parts = await reader.read(parts, _leave_whole, lambda part: seen.add(part.reading.pages))
        nothing = None if parts else "nothing is due: no series is known, or each was listed within a day"
        failed = [part for part in parts if part.problem is not None]
        return await finish(
            record,
            paging,
            parts,
            seen,
            problem=f"{len(failed)} of {len(parts)} are not proven, first {failed[0].problem}" if failed else nothing,
            total=sum(part.total for part in parts),
            covered=None,
        )


async def _leave_whole(part: Part) -> list[Part]:
    part.problem = f"{part.total} items match {part.filters}, more than paging reaches, and no filter divides them"
    return []
