"""What the UI shows of Watchmode beside an asset's own figures: the queue and the calls, as tables."""

import dagster as dg
import psycopg
from psycopg.rows import dict_row

from resources.statements import statement


def shown_queue(connection: psycopg.Connection) -> dict[str, dg.MetadataValue]:
    """How many titles wait for a unit, of how many, which the UI plots, and the first of them."""
    ((due, titles),) = connection.execute(statement("streaming/measure_watchmode_queue")).fetchall()
    return {
        "queue_due": dg.MetadataValue.int(due),
        "queue_titles": dg.MetadataValue.int(titles),
        "queue": _table(connection, "show_watchmode_queue"),
    }


def shown_calls(connection: psycopg.Connection) -> dict[str, dg.MetadataValue]:
    """Calls and units of the last 30 days."""
    return {"calls_a_day": _table(connection, "show_watchmode_calls")}


def _table(connection: psycopg.Connection, name: str) -> dg.MetadataValue:
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement(f"streaming/{name}")).fetchall()
        columns = [column.name for column in cursor.description or ()]
    return dg.MetadataValue.table(
        records=[dg.TableRecord(row) for row in rows],
        schema=dg.TableSchema(columns=[dg.TableColumn(column) for column in columns]),
    )
