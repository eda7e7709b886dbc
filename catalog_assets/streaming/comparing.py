"""What replays of streaming compare: the rows as they are and as they were made again, without surrogate ids.

A subject copies its rows before and after, into the temporary tables `present_<subject>` and `made_<subject>`: of which
table (`relation`), what names the row and no other (`key`) and the row (`content`), both as JSON.
"""

from collections.abc import Sequence
from typing import Any, LiteralString, NamedTuple

import psycopg

from catalog_assets.tmdb.replay import SHOWN, Difference
from resources.statements import statement


class Compared(NamedTuple):
    """What a comparison found, as of a `ReplayResult`."""

    rows: dict[str, int]
    differences: dict[str, int]
    shown: list[Difference]


def compare(
    cursor: psycopg.Cursor[dict[str, Any]], subject: LiteralString, relations: Sequence[LiteralString]
) -> Compared:
    """Compares the copies of a subject, in the transaction that made them.

    Args:
        cursor: of rows as dictionaries.
        subject: whose copies.
        relations: the tables that are compared; what else is copied is left out.
    """
    asked = {"relations": list(relations), "shown": SHOWN}
    counted = cursor.execute(_of("count_compared", subject), asked).fetchall()
    rows = dict.fromkeys(relations, 0) | {row["relation"]: row["compared"] for row in counted}
    differences = dict.fromkeys(relations, 0) | {row["relation"]: row["different"] for row in counted}
    shown = list[Difference]()
    if any(differences.values()):
        shown = [_difference(row) for row in cursor.execute(_of("find_differences", subject), asked).fetchall()]
    return Compared(rows, differences, shown)


def _difference(row: dict[str, Any]) -> Difference:
    present, made = row["present"], row["made"]
    if present is None or made is None:
        return Difference(row["relation"], row["key"], only_in="made" if present is None else "present")
    differing = {name: (present[name], made[name]) for name in made if present[name] != made[name]}
    return Difference(row["relation"], row["key"], columns=differing)


def _of(name: LiteralString, subject: LiteralString) -> LiteralString:
    return statement(f"streaming/{name}").replace("{subject}", subject)
