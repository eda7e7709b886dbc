"""Checks that look for offenders: one that finds nobody passes; a crash stays one. All checks of an asset are one step.

docs/checks.md says what each means and what to do when it fails.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import dagster as dg
import psycopg

from resources.dagster_resources import SourceDatabase
from resources.statements import statement

SHOWN = 50
"""How many offenders a result lists; it counts all."""

Find = Callable[[psycopg.Connection], Sequence[str]]
"""Finds what breaks a check."""


@dataclass(frozen=True, slots=True)
class Check:
    """One check of an asset.

    Attributes:
        name: As the UI shows it.
        description: What holds when it passes.
        offenders: Finds what breaks it.
        blocking: Whether a failure stops what depends on the asset and fails the run; otherwise it warns.
    """

    name: str
    description: str
    offenders: Find
    blocking: bool = True


def found_by(name: str, params: Mapping[str, Any] | None = None) -> Find:
    """Offenders are the first column of what `sql/<name>.sql` finds."""

    def find(connection: psycopg.Connection) -> Sequence[str]:
        return [str(row[0]) for row in connection.execute(statement(name), params)]

    return find


def checks_of(key: dg.AssetKey, name: str, checks: Sequence[Check]) -> dg.AssetChecksDefinition:
    """The checks of an asset as one step of this name."""

    @dg.multi_asset_check(
        name=name,
        specs=[
            dg.AssetCheckSpec(check.name, asset=key, description=check.description, blocking=check.blocking)
            for check in checks
        ],
        can_subset=True,
    )
    def every(context: dg.AssetCheckExecutionContext, source: SourceDatabase) -> Iterator[dg.AssetCheckResult]:
        asked = {selected.name for selected in context.selected_asset_check_keys}
        with source.database() as database:
            for check in (check for check in checks if check.name in asked):
                with database.connection() as connection:
                    offenders = check.offenders(connection)
                yield dg.AssetCheckResult(
                    asset_key=key,
                    check_name=check.name,
                    passed=not offenders,
                    severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
                    description=f"{len(offenders)} found" if offenders else "none found",
                    metadata={"offenders": len(offenders), "shown": dg.MetadataValue.json(list(offenders[:SHOWN]))},
                )

    return every
