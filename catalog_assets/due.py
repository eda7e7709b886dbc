"""What is due by the calendar of Hotstar's zone: days, the week's census, the days of holes. Pure functions.

Every boundary is one of the zone's own clock: 20:30 UTC on a Sunday is Monday 02:00 in India.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from catalog_assets.partitions import HOTSTAR_ZONE

ZONE = ZoneInfo(HOTSTAR_ZONE)

POLL_EVERY = timedelta(hours=4)
"""The provider's suggested polling window (contracts: Hotstar, "Endpoints")."""

SLACK = timedelta(minutes=30)
"""How much later than due a poll may have ended before its absence is a hole."""

CENSUS_AT = time(2)
"""When a census is due, once the day before is closed: the week's on Monday."""

_MONDAY = 0


@dataclass(frozen=True, slots=True)
class Days:
    """Adjoining days, both ends inclusive."""

    first: date
    last: date

    def touches(self, other: "Days") -> bool:
        """Whether they share a day."""
        return self.first <= other.last and other.first <= self.last


def day_of(at: datetime) -> date:
    """The zone's day that holds an instant."""
    return at.astimezone(ZONE).date()


def census_deadline(now: datetime, every: Literal["week", "day"] = "week") -> datetime:
    """The newest 02:00 of the zone, or of its Mondays: a census that began before it is too old."""
    local = now.astimezone(ZONE)
    period = 7 if every == "week" else 1
    day = local.date() - timedelta(days=(local.weekday() - _MONDAY) % period)
    deadline = datetime.combine(day, CENSUS_AT, ZONE)
    return deadline if deadline <= now else datetime.combine(day - timedelta(days=period), CENSUS_AT, ZONE)


def days_of(start: datetime, end: datetime) -> Days:
    """The zone's days that a range of instants touches, its end exclusive."""
    return Days(day_of(start), max(day_of(start), day_of(end - timedelta(microseconds=1))))


def open_tail(covered_until: datetime, now: datetime) -> Days | None:
    """The days that no poll has listed though one should have by now; None while the next poll is not overdue."""
    return days_of(covered_until, now) if now - covered_until > POLL_EVERY + SLACK else None


def adjoining(days: Iterable[Days], *, earliest: date) -> list[Days]:
    """The same days as few spans, oldest first, without those before the earliest partition."""
    joined: list[Days] = []
    for span in sorted(days, key=lambda one: one.first):
        if span.last < earliest:
            continue
        first = max(span.first, earliest)
        if joined and first <= joined[-1].last + timedelta(days=1):
            joined[-1] = Days(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(Days(first, span.last))
    return joined
