"""What a kind's table holds, read back from the database: its rows by state."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from catalog_assets.hotstar.kinds import Kind
from resources.statements import statement


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Items of a kind: all, active, and deleted by reason."""

    rows: int
    active: int
    missing: int
    unpublished: int
    expired: int
    test_entries: int


def row_counts(connection: psycopg.Connection, kind: Kind) -> RowCounts:
    """Counts the items of a kind by state."""
    with connection.cursor(row_factory=class_row(RowCounts)) as cursor:
        return cursor.execute(statement("hotstar/count_rows"), {"kind": kind.name}).fetchall()[0]
