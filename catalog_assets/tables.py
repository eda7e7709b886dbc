"""Tables as the UI shows them, read back from the database: SQL is their one description."""

import dagster as dg
import psycopg

from resources.statements import statement


def column_schema(connection: psycopg.Connection, relation: str) -> dg.TableSchema:
    """The columns of a table or view, such as `hotstar.hotstar_movies`, with their types and descriptions."""
    rows = connection.execute(statement("ops/describe_columns"), {"relation": relation})
    return dg.TableSchema(
        columns=[dg.TableColumn(name, type_, description=description) for name, type_, description, _ in rows]
    )
