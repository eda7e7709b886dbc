"""What the UI shows of TMDB beside an asset's own figures: the queue, the runs and the calls, as tables."""

import dagster as dg
import psycopg
from psycopg.rows import dict_row

from resources.statements import statement


def shown_backlog(connection: psycopg.Connection) -> dict[str, dg.MetadataValue]:
    """What is to be fetched: its number and the hours of the oldest, which the UI plots, and a table."""
    ((titles, oldest_h),) = connection.execute(statement("tmdb/measure_backlog")).fetchall()
    return {
        "backlog": dg.MetadataValue.int(titles),
        "backlog_oldest_h": dg.MetadataValue.float(oldest_h),
        "queue_backlog": _table(connection, "show_backlog"),
    }


def shown_calls(connection: psycopg.Connection) -> dict[str, dg.MetadataValue]:
    """What was asked of TMDB within a week."""
    return {"calls_by_endpoint": _table(connection, "show_calls")}


def shown_runs(connection: psycopg.Connection) -> dict[str, dg.MetadataValue]:
    """The newest runs that asked TMDB."""
    return {"run_history": _table(connection, "show_runs")}


def _table(connection: psycopg.Connection, name: str) -> dg.MetadataValue:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement(f"tmdb/{name}")).fetchall()
        columns = [column.name for column in cursor.description or ()]
    return dg.MetadataValue.table(
        records=[dg.TableRecord(row) for row in rows],
        schema=dg.TableSchema(columns=[dg.TableColumn(column) for column in columns]),
    )
