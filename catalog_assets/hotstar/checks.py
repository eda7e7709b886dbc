"""What must hold of a kind's table after every merge: each check is a statement that finds offenders.

docs/checks.md says what each means and what to do when it fails. A check that finds nobody passes; a crash stays one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

import dagster as dg
import psycopg

from catalog_assets.hotstar.coverage import holes
from catalog_assets.hotstar.kinds import KINDS, Kind
from catalog_assets.offenders import Check, checks_of, found_by
from resources.statements import statement


class FindOfKind(Protocol):
    """Finds what breaks a check of a kind's table."""

    def __call__(self, connection: psycopg.Connection, kind: Kind) -> Sequence[str]: ...  # noqa: D102


@dataclass(frozen=True, slots=True)
class TableCheck:
    """One check of a kind's table.

    Attributes:
        name: As the UI shows it.
        description: What holds when it passes.
        offenders: Finds what breaks it.
        blocking: Whether a failure stops what depends on the table and fails the run; otherwise it warns.
        applies: Whether it means anything for a kind.
    """

    name: str
    description: str
    offenders: FindOfKind
    blocking: bool = True
    applies: Callable[[Kind], bool] = lambda _: True


def _found_by(name: str) -> FindOfKind:
    def find(connection: psycopg.Connection, kind: Kind) -> Sequence[str]:
        params = {"kind": kind.name, "censuses_to_miss": kind.censuses_to_miss}
        return found_by(f"hotstar/checks/{name}", params)(connection)

    return find


def _coverage_holes(connection: psycopg.Connection, kind: Kind) -> Sequence[str]:
    return [f"{hole.start.isoformat()} to {hole.end.isoformat()}" for hole in holes(connection, kind)]


def _pointing_nowhere(connection: psycopg.Connection, kind: Kind) -> Sequence[str]:
    found: list[str] = []
    for reference in kind.references:
        counting = (
            statement("hotstar/checks/references_hold")
            .replace("{field}", reference.column)
            .replace("{table}", kind.table)
        )
        known = {"kind": kind.name, "field": reference.field, "target": reference.target}
        found += [str(row[0]) for row in connection.execute(counting, known)]
    return found


def _no_census(connection: psycopg.Connection, kind: Kind) -> Sequence[str]:
    done = connection.execute(statement("hotstar/has_census"), {"kind": kind.name}).fetchone()
    return [] if done and done[0] else ["no census of this kind is complete yet: run the job `census`"]


CHECKS = (
    TableCheck(
        "parts_add_up",
        "Every part of the newest census is proven, and the parts add up to the total that the service says.",
        _found_by("parts_add_up"),
    ),
    TableCheck(
        "every_id_kept",
        "Every id that an answer held stands in the table or among the rejected items.",
        _found_by("every_id_kept"),
    ),
    TableCheck(
        "table_equals_census",
        "The rows not deleted as missing are the newest complete census's ids and those seen since an hour before it.",
        _found_by("table_equals_census"),
    ),
    TableCheck(
        "nothing_listed_is_missing",
        "Nothing that the newest complete census lists is deleted as missing.",
        _found_by("nothing_listed_is_missing"),
    ),
    TableCheck(
        "census_accounted_for",
        "Every id of the newest complete census is active, unpublished, expired or rejected.",
        _found_by("census_accounted_for"),
    ),
    TableCheck(
        "coverage_has_no_hole",
        "From an hour before the newest complete census on, every moment of update time was listed.",
        _coverage_holes,
        applies=lambda kind: kind.is_polled,
    ),
    TableCheck(
        "no_deletion_withheld",
        "No merge found more deletions than it may make without a person's approval.",
        _found_by("no_deletion_withheld"),
    ),
    TableCheck("census_exists", "There is a complete census to compare with.", _no_census, blocking=False),
    TableCheck(
        "census_near_median",
        "The newest census counts about as many items as the eight before it.",
        _found_by("census_near_median"),
        blocking=False,
        applies=lambda kind: kind.listed_by is None,
    ),
    TableCheck(
        "references_hold",
        "What items on offer point at (series, season, channel) is listed.",
        _pointing_nowhere,
        blocking=False,
        applies=lambda kind: bool(kind.references),
    ),
)


def hotstar_checks() -> list[dg.AssetChecksDefinition]:
    """The checks of every kind's table."""
    return [_table_checks(kind) for kind in KINDS.values()]


def _table_checks(kind: Kind) -> dg.AssetChecksDefinition:
    return checks_of(
        dg.AssetKey(["hotstar", kind.plural]),
        f"hotstar_{kind.plural}_checks",
        [
            Check(check.name, check.description, partial(check.offenders, kind=kind), check.blocking)
            for check in CHECKS
            if check.applies(kind)
        ],
    )
