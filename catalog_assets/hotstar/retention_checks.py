"""What must hold of the pages after retention: nothing that is needed went, and what is kept is as it came.

docs/checks.md says what each means and what to do when it fails.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import dagster as dg
import psycopg
import zstandard

from catalog_assets.hotstar.checks import SHOWN
from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from resources.dagster_resources import SourceDatabase
from resources.statements import statement

PROVED_IN_DAYS = 30
"""Days in which every kept body is hashed once: a tenth of a second for each 15 pages, which daily would be minutes."""


@dataclass(frozen=True, slots=True)
class PagesCheck:
    """One check of the kept pages: its name, what holds when it passes, and what finds those that break it."""

    name: str
    description: str
    offenders: Callable[[psycopg.Connection], Sequence[str]]


def _found_by(name: str) -> Callable[[psycopg.Connection], Sequence[str]]:
    def find(connection: psycopg.Connection) -> Sequence[str]:
        return [str(row[0]) for row in connection.execute(statement(f"hotstar/checks/{name}"))]

    return find


def _damaged(connection: psycopg.Connection) -> Sequence[str]:
    """Today's share of the bodies, one in memory at a time."""
    with connection.transaction(), connection.cursor("bodies", binary=True) as cursor:
        cursor.itersize = 10
        cursor.execute(statement("hotstar/checks/read_todays_bodies"), {"days": PROVED_IN_DAYS})
        return [f"page {page_id}" for page_id, body, sha256 in cursor if _sha256(body) != sha256]


def _sha256(compressed: bytes) -> bytes | None:
    """Of the body as it came; None if it cannot be unpacked."""
    try:
        return hashlib.sha256(zstandard.ZstdDecompressor().decompress(compressed)).digest()
    except zstandard.ZstdError:
        return None


RETENTION_CHECKS = (
    PagesCheck(
        "rows_keep_their_pages",
        "The content of every item and kept version, and every rejected item, stands on a page that has its body.",
        _found_by("rows_keep_their_pages"),
    ),
    PagesCheck(
        "nothing_removed_too_soon",
        "What the last runs removed was merged, and older than their policy asks to keep.",
        _found_by("nothing_removed_too_soon"),
    ),
    PagesCheck(
        "bodies_are_whole",
        f"A {PROVED_IN_DAYS}th of the kept bodies, others each day, have the SHA-256 that they came with.",
        _damaged,
    ),
)


@dg.multi_asset_check(
    name="hotstar_retention_checks",
    specs=[
        dg.AssetCheckSpec(check.name, asset=RETAINED_PAGES, description=check.description, blocking=True)
        for check in RETENTION_CHECKS
    ],
    can_subset=True,
)
def retention_checks(context: dg.AssetCheckExecutionContext, source: SourceDatabase) -> Iterator[dg.AssetCheckResult]:
    """All checks of the kept pages, in one step."""
    asked = {selected.name for selected in context.selected_asset_check_keys}
    with source.database() as database:
        for check in (check for check in RETENTION_CHECKS if check.name in asked):
            with database.connection() as connection:
                offenders = check.offenders(connection)
            yield dg.AssetCheckResult(
                asset_key=RETAINED_PAGES,
                check_name=check.name,
                passed=not offenders,
                severity=dg.AssetCheckSeverity.ERROR,
                description=f"{len(offenders)} found" if offenders else "none found",
                metadata={"offenders": len(offenders), "shown": dg.MetadataValue.json(list(offenders[:SHOWN]))},
            )
