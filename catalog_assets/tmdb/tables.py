"""What the tables of works are, read back from the database: their rows by state."""

from dataclasses import dataclass

import psycopg
from psycopg.rows import class_row

from resources.statements import statement


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Titles that are kept, with content, and gone; cards; series, seasons and episodes."""

    titles: int
    works: int
    gone: int
    cards: int
    series: int
    seasons: int
    episodes: int


def row_counts(connection: psycopg.Connection) -> RowCounts:
    """Counts titles by state."""
    with connection.cursor(row_factory=class_row(RowCounts)) as cursor:
        return cursor.execute(statement("tmdb/count_rows")).fetchall()[0]
