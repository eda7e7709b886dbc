"""How a listing ends: proven complete, or incomplete with its problem in words.

The two listings are the `census` of a kind and the `updates` of a window. Both read parts until each is proven
(`reading`, `parts`) and divide what paging does not reach (`dividing`).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from catalog_assets.hotstar.record import ListingRecord, Part, Purpose, Row
from catalog_assets.hotstar.seen import Seen
from catalog_assets.hotstar.windows import Paging

HOTSTAR_PAGING = Paging(size=1000, reach=10_000)
"""The contract's limits of `size` and `offset`."""


@dataclass(frozen=True, slots=True)
class ListingResult:
    """What a listing did; the counts stand in `hotstar.listings` with the same names.

    Attributes:
        listing_id: its row.
        purpose: census or update.
        status: complete (proven) or incomplete.
        problem: why it is not proven, in words.
        total: what the service counts.
        distinct_ids: distinct ids read in its parts and apart.
        duplicates: items the service lists twice.
        requests: answers stored for it, by every run that read it, those apart left out.
        requests_apart: answers stored for items that the first time field does not reach.
        floor: the fewest requests that could bring so many items.
        fetching_s: seconds from this run's first request to its last page stored.
        taken_up: whether another run began it.
        bytes: bytes that this run fetched, before compression.
    """

    listing_id: int
    purpose: Purpose
    status: Literal["complete", "incomplete"]
    problem: str | None
    total: int
    distinct_ids: int
    duplicates: int
    requests: int
    requests_apart: int
    floor: int
    fetching_s: float
    taken_up: bool
    bytes: int


def first_problem(parts: Sequence[Part]) -> str | None:
    """Why a listing with these parts is not proven; None if all of them are."""
    return next((part.problem for part in parts if part.problem is not None), None)


async def finish(
    record: ListingRecord,
    paging: Paging,
    leaves: Sequence[Part],
    seen: Seen,
    *,
    problem: str | None,
    total: int,
    found_apart: int = 0,
    moved: int = 0,
    distinct_ids: int | None = None,
    covered: tuple[datetime, datetime] | None,
) -> ListingResult:
    """Ends a listing: complete, with the range that it covers, or incomplete with its problem."""
    distinct = seen.distinct() if distinct_ids is None else distinct_ids
    duplicates = sum(leaf.reading.duplicates for leaf in leaves)
    counts = (
        await record.connection.rows(
            "finish_listing",
            {
                "listing_id": record.listing_id,
                "problem": problem,
                "total": total,
                "distinct_ids": distinct,
                "duplicates": duplicates,
                "found_apart": found_apart,
                "moved": moved,
                "covered_from": covered[0] if covered else None,
                "covered_to": covered[1] if covered else None,
            },
        )
    )[0]
    fetching_s = 0.0
    if record.first_sent_at is not None and record.last_stored_at is not None:
        fetching_s = (record.last_stored_at - record.first_sent_at).total_seconds()
    return ListingResult(
        listing_id=record.listing_id,
        purpose=record.purpose,
        status="complete" if problem is None else "incomplete",
        problem=problem,
        total=total,
        distinct_ids=distinct,
        duplicates=duplicates,
        requests=counts["requests"],
        requests_apart=counts["requests_apart"],
        floor=math.ceil(total / paging.size),
        fetching_s=fetching_s,
        taken_up=record.taken_up,
        bytes=record.bytes,
    )


def proven_before(row: Row, paging: Paging) -> ListingResult:
    """A census that an earlier run read to its end and proved complete, as that run left it."""
    return ListingResult(
        **row,
        purpose="census",
        status="complete",
        problem=None,
        floor=math.ceil(row["total"] / paging.size),
        fetching_s=0.0,
        taken_up=True,
        bytes=0,
    )
