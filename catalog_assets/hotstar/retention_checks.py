"""What must hold of the pages after retention: nothing that is needed went, and what is kept is as it came.

docs/checks.md says what each means and what to do when it fails.
"""

import hashlib
from collections.abc import Sequence

import psycopg
import zstandard

from catalog_assets.hotstar.retention_asset import RETAINED_PAGES
from catalog_assets.offenders import Check, checks_of, found_by
from resources.statements import statement

PROVED_IN_DAYS = 30
"""Days in which every kept body is hashed once: a tenth of a second for each 15 pages, which daily would be minutes."""


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
    Check(
        "rows_keep_their_pages",
        "The content of every item and kept version, and every rejected item, stands on a page that has its body.",
        found_by("hotstar/checks/rows_keep_their_pages"),
    ),
    Check(
        "nothing_removed_too_soon",
        "What the last runs removed was merged, and older than their policy asks to keep.",
        found_by("hotstar/checks/nothing_removed_too_soon"),
    ),
    Check(
        "bodies_are_whole",
        f"A {PROVED_IN_DAYS}th of the kept bodies, others each day, have the SHA-256 that they came with.",
        _damaged,
    ),
)


retention_checks = checks_of(RETAINED_PAGES, "hotstar_retention_checks", RETENTION_CHECKS)
