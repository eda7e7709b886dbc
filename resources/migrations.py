"""Migrations of the database `source`: alembic applies the `.sql` files beside its revisions, each once, in order.

There is no way back: a copy is taken before (`catalog backup`) and restored. The database `catalog` has no migrations,
since it can be dropped and made again.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from resources.databases import SEARCH_PATH, Database, unreachable
from resources.errors import DatabaseError
from resources.statements import SQL_FOLDER

VERSION_SCHEMA = "ops"
_LOCK = 0x0CA7A106  # any number, the same for all who migrate


@dataclass(frozen=True, slots=True)
class MigrationState:
    """The revision of a database (None: nothing was applied) and the newest that this code has."""

    current: str | None
    head: str

    @property
    def is_current(self) -> bool:
        """Nothing is left to apply."""
        return self.current == self.head


def migrate(url: SecretStr | str) -> MigrationState:
    """Apply what is missing in one transaction and return the state from before; safe to repeat, and twice at once.

    Raises:
        DatabaseError: the database was migrated by a newer release (nothing is changed), or can't be reached.
    """
    with _connected(url) as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        before = _state(connection)
        if not before.is_current:
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {VERSION_SCHEMA}"))
            configuration = _configuration()
            configuration.attributes["connection"] = connection
            command.upgrade(configuration, "head")
        _set_search_path(connection)
        return before


def migration_state(url: SecretStr | str) -> MigrationState:
    """What is applied and what could be.

    Raises:
        DatabaseError: the database was migrated by a newer release, or can't be reached.
    """
    with _connected(url) as connection:
        return _state(connection)


def known_revisions() -> frozenset[str]:
    """Every revision that this code has."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(_configuration()).walk_revisions())


@contextmanager
def _connected(url: SecretStr | str) -> Iterator[Connection]:
    database = Database(url, pool_size=1)
    try:
        try:
            connection = database.engine.connect()
        except OperationalError as refused:
            raise unreachable(database, refused.orig) from None
        with connection, connection.begin():
            yield connection
    finally:
        database.close()


def _configuration() -> Config:
    configuration = Config()
    configuration.set_main_option("script_location", str(SQL_FOLDER / "migrations").replace("%", "%%"))
    return configuration


def _state(connection: Connection) -> MigrationState:
    scripts = ScriptDirectory.from_config(_configuration())
    head = scripts.get_current_head()
    if head is None:
        raise FileNotFoundError(f"There are no migrations under {SQL_FOLDER / 'migrations'}.")
    context = MigrationContext.configure(connection, opts={"version_table_schema": VERSION_SCHEMA})
    current = context.get_current_revision()
    if current is not None and current not in known_revisions():
        raise DatabaseError(
            f"The database source stands at revision {current} and this release knows no more than {head}: "
            f"update the program, or restore a copy made by this release."
        )
    return MigrationState(current=current, head=head)


def _set_search_path(connection: Connection) -> None:
    """Let psql and every other tool find bare table names; a restored or cloned database has lost this setting."""
    wanted = ", ".join(SEARCH_PATH)
    present = connection.scalar(
        text(
            "SELECT EXISTS (SELECT FROM pg_db_role_setting AS s JOIN pg_database AS d ON d.oid = s.setdatabase"
            " WHERE d.datname = current_database() AND s.setrole = 0 AND :setting = ANY (s.setconfig))"
        ),
        {"setting": f"search_path={wanted}"},
    )
    if not present:
        name = connection.scalar(text("SELECT quote_ident(current_database())"))
        connection.execute(text(f"ALTER DATABASE {name} SET search_path = {wanted}"))
