"""Which ranges of update time were listed to their end, what is missing, and what a poll lists next.

Dagster's partitions cannot show that a day was polled at noon and never again; the table `hotstar.coverage` does. The
newest complete census covers everything before it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import psycopg
from psycopg.rows import class_row, scalar_row

from catalog_assets.hotstar.kinds import Kind
from catalog_assets.hotstar.record import Connection
from resources.statements import statement

INDEX_LAG = timedelta(hours=1)
"""How long after its update time an item may take to be listed with it, at most."""

_ONE_DAY = timedelta(hours=25)
"""A day, longer by what a change of clocks may add."""


@dataclass(frozen=True, slots=True)
class Range:
    """A range of update time, UTC, its end exclusive."""

    start: datetime
    end: datetime


async def window_to_list(
    connection: Connection, kind: Kind, start: datetime, end: datetime
) -> tuple[datetime, datetime]:
    """The window of update time to list when the days from `start` to `end` are asked for.

    A day under way is listed from the first moment that is not covered yet, which at midnight lies on the day before;
    other days whole. Either begins an hour earlier, for what the service listed late.
    """
    if end - start <= _ONE_DAY:
        gap = await connection.value("find_first_gap", {"kind": kind.name, "day_start": start, "day_end": end})
        return (gap or start) - INDEX_LAG, end
    return start - INDEX_LAG, end


def holes(connection: psycopg.Connection, kind: Kind) -> list[Range]:
    """What was not listed between an hour before the newest complete census and the end of what is covered."""
    with connection.cursor(row_factory=class_row(Range)) as cursor:
        return cursor.execute(statement("hotstar/find_holes"), {"kind": kind.name}).fetchall()


def covered_until(connection: psycopg.Connection, kind: Kind) -> datetime | None:
    """The end of the covered range that reaches furthest, UTC; None if nothing is covered."""
    with connection.cursor(row_factory=scalar_row) as cursor:
        until: datetime | None = cursor.execute(statement("hotstar/find_covered_until"), {"kind": kind.name}).fetchone()
        return until
