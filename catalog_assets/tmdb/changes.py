"""Reads TMDB's feed of changed ids, day by day (UTC): titles that are kept become due, others are left alone."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import structlog

from catalog_assets.tmdb.lists import LAST_PAGE, read_changes
from catalog_assets.tmdb.models import MediaType
from catalog_assets.tmdb.store import Client, Store

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ChangedDay:
    """A day of the feed.

    Attributes:
        pages: read.
        ids: titles it named, ours or not, each once.
        rejected: rows that cannot be used; their pages keep them.
        problem: why the day does not count as read; None if it does.
    """

    pages: int
    ids: int
    rejected: int
    problem: str | None


async def read_changed_day(client: Client, store: Store, day: date, *, media_type: MediaType) -> ChangedDay:
    """Reads a day of the feed to its end.

    A change counts as made at the day's end, or when the feed was read if that was earlier: what was fetched before is
    due again, what was fetched since is not. The feed names no times.

    Raises:
        ServiceError: TMDB refuses the credential, or gave up answering.
    """
    end = datetime.combine(day + timedelta(days=1), time(), UTC)
    named: set[int] = set()
    rejected = 0
    read_at: datetime | None = None
    number, last = 0, 1
    while number < last:
        number += 1
        days = {"start_date": day.isoformat(), "end_date": day.isoformat()}
        answer = await client.get(f"/3/{media_type}/changes", {**days, "page": str(number)})
        page = read_changes(answer.body)
        read_at = read_at or answer.sent_at
        ids = [tmdb_id for tmdb_id, _ in page.entries]
        async with store.transaction() as writing:
            await writing.page(answer, "changes", media_type, problem=page.problem)
            changed = {"media_type": media_type, "tmdb_ids": ids, "changed_at": min(end, read_at)}
            await writing.rows("note_changes", changed)
        rejected += len(page.rejected)
        if page.problem is not None or page.rejected:
            why = {"problem": page.problem, "rejected": page.rejected}
            log.warning("feed not read whole", day=day.isoformat(), page=number, **why)
        if page.problem is not None:
            return ChangedDay(number, len(named), rejected, f"page {number} of {day}: {page.problem}")
        named.update(ids)
        last = page.total_pages
    if last >= LAST_PAGE:
        return ChangedDay(
            number, len(named), rejected, f"the feed of {day} is longer than the {LAST_PAGE} pages it shows"
        )
    await store.rows("note_day", {"media_type": media_type, "day": day, "read_at": read_at, "ids": len(named)})
    return ChangedDay(number, len(named), rejected, None)
