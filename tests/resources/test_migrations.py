"""Migrations: repeatable, serialised, and never over a newer database."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from resources.databases import Database
from resources.errors import DatabaseError
from resources.migrations import migrate, migration_state


def test_an_empty_database_is_brought_to_the_newest_revision_and_a_repeat_changes_nothing(empty_url: str) -> None:
    assert migration_state(empty_url).current is None
    migrate(empty_url)
    assert migration_state(empty_url).is_current
    assert migrate(empty_url).is_current


def test_two_who_migrate_at_once_both_succeed(empty_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        states = list(pool.map(migrate, [empty_url, empty_url]))
    assert sorted(state.is_current for state in states) == [False, True]
    assert migration_state(empty_url).is_current


def test_a_newer_database_is_refused_in_one_sentence(source_url: str) -> None:
    with psycopg.connect(source_url) as connection:
        connection.execute("UPDATE ops.alembic_version SET version_num = '9999'")
    for ask in (migrate, migration_state):
        with pytest.raises(DatabaseError, match=r"revision 9999 .* update the program"):
            ask(source_url)


def test_bare_table_names_are_found_by_any_tool(empty_url: str) -> None:
    migrate(empty_url)
    with psycopg.connect(empty_url) as connection:
        assert connection.execute("SELECT count(*) FROM hotstar_movies").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM pace").fetchone() == (0,)


def test_the_clock_of_sql_can_be_shifted_in_a_tests_own_database(
    source_url: str, shift_clock: Callable[[psycopg.Connection, timedelta], None]
) -> None:
    with psycopg.connect(source_url) as connection:
        shift_clock(connection, timedelta(days=3))
        row = connection.execute("SELECT ops.now()").fetchone()
    assert row is not None
    assert timedelta(days=3, minutes=-1) < row[0] - datetime.now(UTC) < timedelta(days=3, minutes=1)


def test_a_database_that_cannot_be_reached_is_one_sentence_without_the_password(source_url: str) -> None:
    wrong = "ab" * 16
    url = source_url.replace(source_url.split(":")[2].split("@", maxsplit=1)[0], wrong)
    with pytest.raises(DatabaseError, match="can't be reached") as refused, Database(url).connection():
        pass
    assert wrong not in str(refused.value)
    assert wrong not in repr(Database(url))
