"""What a kind's table is, read back from the database: its rows by state, its columns."""

from dataclasses import dataclass

import dagster as dg
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


def column_schema(connection: psycopg.Connection, kind: Kind) -> dg.TableSchema:
    """The columns of the documented table with their types and descriptions; SQL is their one description."""
    rows = connection.execute(statement("ops/describe_columns"), {"relation": f"hotstar.{kind.view}"})
    return dg.TableSchema(
        columns=[dg.TableColumn(name, type_, description=description) for name, type_, description, _ in rows]
    )
