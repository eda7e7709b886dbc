"""What is coming made again from stored pages, without a request: the proof that pages are the record.

The newest merge is repeated at its instant with the pages that it read, in one transaction that is rolled back at the
end, or kept when asked. TMDB's series and Watchmode's id map are taken as they are now: titles of which TMDB told
something since that merge are left out of the comparison.
"""

from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg.rows import dict_row

from catalog_assets.streaming.coming_soon import write_coming_soon
from catalog_assets.tmdb.replay import Difference, ReplayResult
from resources.statements import statement

SHOWN = 5
"""How many differences a result lists of each table; it counts all."""


@dataclass(frozen=True, slots=True)
class _Table:
    name: LiteralString
    key: tuple[str, ...]


_TABLES = (
    _Table("coming_soon", ("media_type", "tmdb_id", "region")),
    _Table("release_dates", ("watchmode_id", "source_id", "season_number", "announced_at")),
)


def replay_coming_soon(connection: psycopg.Connection, *, swap: bool = False) -> ReplayResult:
    """Makes the tables of coming soon again and compares them; with `swap` they take the place of the present ones.

    Args:
        connection: An autocommit connection to the source database.
        swap: Keep what was made.
    """
    rows, differences, shown = dict[str, int](), dict[str, int](), list[Difference]()
    with connection.transaction(force_rollback=not swap), connection.cursor(row_factory=dict_row) as cursor:
        cursor.execute(statement("streaming/lock_coming_soon"))
        merge = cursor.execute(statement("streaming/find_coming_soon_merge")).fetchone()
        if merge is None:
            return ReplayResult(0, {}, {}, [], swap)
        for table in _TABLES:
            cursor.execute(statement(f"streaming/keep_{table.name}"))
        write_coming_soon(
            connection,
            made_at=merge["made_at"],
            regions=merge["regions"],
            page_ids=merge["page_ids"],
            details_page_ids=merge["details_page_ids"],
        )
        for table in _TABLES:
            asked = {"made_at": merge["made_at"], "shown": SHOWN}
            found = cursor.execute(statement(f"streaming/compare_{table.name}"), asked).fetchall()
            rows[table.name] = cursor.execute(statement(f"streaming/count_{table.name}")).fetchall()[0]["rows"]
            differences[table.name] = found[0]["number"] if found else 0
            shown += [_difference(table, each["present"], each["made"]) for each in found]
    return ReplayResult(1, rows, differences, shown, swap)


def _difference(table: _Table, present: dict[str, Any] | None, made: dict[str, Any] | None) -> Difference:
    row = {name: (present or made or {})[name] for name in table.key}
    if present is None or made is None:
        return Difference(table.name, row, only_in="made" if present is None else "present")
    differing = {name: (present[name], made[name]) for name in made if present[name] != made[name]}
    return Difference(table.name, row, columns=differing)
