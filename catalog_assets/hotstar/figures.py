"""How many items were on offer at the end of a day and how many came and went in it, by language, genre and premium."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import psycopg

from catalog_assets.hotstar.kinds import KINDS, Kind
from catalog_assets.partitions import HOTSTAR_ZONE
from resources.statements import statement


def write_figures(connection: psycopg.Connection, day: date) -> int:
    """Writes the figures of a day in India for every kind, in one transaction, in the place of any that it had.

    A day that is made again has the same rows, once every page sent in it is merged.

    Args:
        connection: To the source database; its search path finds the tables.
        day: Any day, also one that is not over.

    Returns:
        How many rows of `daily_figures` the day has.
    """
    with connection.transaction():
        return sum(_write(connection, kind, day) for kind in KINDS.values())


def day_totals(connection: psycopg.Connection, day: date) -> dict[str, int]:
    """Of a day with figures how many items of each kind were active, were added, removed and restored, by name."""
    rows = connection.execute(statement("hotstar/read_day_totals"), {"day": day})
    names = ("active", "added", "removed", "restored")
    return {f"{kind}_{name}": count for kind, *counts in rows for name, count in zip(names, counts, strict=True)}


def _write(connection: psycopg.Connection, kind: Kind, day: date) -> int:
    begins, ends = (datetime.combine(day + timedelta(days=more), time.min, ZoneInfo(HOTSTAR_ZONE)) for more in (0, 1))
    known = {"kind": kind.name, "day": day, "begins": begins, "ends": ends}
    connection.execute(statement("hotstar/clear_figures"), known)
    return connection.execute(
        statement("hotstar/write_figures").replace("{as_of}", f"{kind.view}_as_of"), known
    ).rowcount
