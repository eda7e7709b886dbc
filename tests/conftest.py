"""What tests share: one embedded server a session, and a migrated database of one's own for each test that asks."""

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from resources.databases import SEARCH_PATH
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.migrations import migrate
from tests.untraced import UNTRACED_FILES

TESTS = Path(__file__).parent

LONG = ("test_browser.py", "test_up.py", "test_kills.py", "test_month.py", "test_watchmode_month.py")
"""Files that take a minute or two: they begin first, so that none of them is left over for one process at the end."""

QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "autovacuum": "off",
    "shared_buffers": "128MB",  # a database is cloned after a look at every buffer
    "scram_iterations": "1",  # proving a password is four fifths of what connecting costs a client
}
"""A test's server loses nothing that anyone wants."""

DROPPED_AT_ONCE = 60
"""Databases, of eleven megabytes each: right after files went, ext4 is slow to make others, so many go together."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts the tests of long files first, each file's in their order, and keeps coverage out of those it can't help."""
    items.sort(key=lambda item: item.path.name not in LONG)
    for item in items:
        if item.path.relative_to(TESTS).as_posix() in UNTRACED_FILES:
            item.add_marker("no_cover")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One embedded PostgreSQL for the whole session."""
    home = tmp_path_factory.mktemp("home")
    try:
        with EmbeddedServer(home, options=QUICK) as running:
            _remake_password(running)
            yield running
    finally:
        remove_home(home)


def _remake_password(server: EmbeddedServer) -> None:
    """Set the role's password to what it is: its proof is made with the iterations of that moment."""
    url = server.url("postgres").get_secret_value()
    with psycopg.connect(url, autocommit=True) as connection:
        password = sql.Literal(connection.info.password)
        connection.execute(sql.SQL("ALTER ROLE CURRENT_USER PASSWORD {}").format(password))


def remove_home(home: Path) -> None:
    """Remove a home and, where root made it, the folder that it records outside."""
    folder = recorded_folder(home)
    if folder is not None:
        shutil.rmtree(folder)
    shutil.rmtree(home)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet; what a server of it leaves is removed."""
    path = tmp_path / "home"
    yield path
    if path.exists():
        remove_home(path)


@pytest.fixture(scope="session")
def template_database(server: EmbeddedServer) -> str:
    """The name of a migrated database that nobody is connected to."""
    migrate(server.url("source"))
    return "source"


@pytest.fixture(scope="session")
def left_databases() -> list[str]:
    """The names of databases that no test needs any more; those of the last tests go with the server."""
    return []


@pytest.fixture
def empty_url(server: EmbeddedServer, left_databases: list[str]) -> Iterator[str]:
    """The URL of a new database without any migration."""
    yield from _cloned(server, "template1", left_databases)


@pytest.fixture
def source_url(server: EmbeddedServer, template_database: str, left_databases: list[str]) -> Iterator[str]:
    """The URL of a migrated source database of this test's own."""
    yield from _cloned(server, template_database, left_databases)


def _cloned(server: EmbeddedServer, template: str, left: list[str]) -> Iterator[str]:
    name = f"test_{uuid4().hex[:12]}"
    with psycopg.connect(server.url("postgres").get_secret_value(), autocommit=True) as admin:
        admin.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        admin.execute(
            sql.SQL("ALTER DATABASE {} SET search_path = {}").format(
                sql.Identifier(name), sql.SQL(", ").join(map(sql.Identifier, SEARCH_PATH))
            )
        )
        try:
            yield server.url(name).get_secret_value()
        finally:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))
            left.append(name)
            if len(left) == DROPPED_AT_ONCE:
                for each in left:
                    admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(each)))
                left.clear()


@pytest.fixture
def shift_clock() -> Callable[[psycopg.Connection, timedelta], None]:
    """Move SQL's one clock, `ops.now()`, in a test's own database: `shift_clock(connection, timedelta(hours=2))`."""

    def shift(connection: psycopg.Connection, interval: timedelta) -> None:
        connection.execute(
            sql.SQL(
                "CREATE OR REPLACE FUNCTION ops.now() RETURNS timestamptz LANGUAGE sql VOLATILE"
                " AS 'SELECT pg_catalog.clock_timestamp() + make_interval(secs => {})'"
            ).format(sql.Literal(interval.total_seconds()))
        )
        connection.commit()

    return shift
