"""Named SQL: one statement a file under `sql/<subject>/<verb…>.sql`."""

from functools import cache
from typing import LiteralString

from resources.settings import PROJECT_ROOT

SQL_FOLDER = PROJECT_ROOT / "sql"


@cache
def statement(name: str) -> LiteralString:
    """The text of `sql/<name>.sql`, as `statement("ops/take_slot")`.

    The text is code of this project, never made from input, and typed so that psycopg takes it as it stands.

    Raises:
        FileNotFoundError: there is no such statement.
    """
    return (SQL_FOLDER / f"{name}.sql").read_text(encoding="utf-8")
