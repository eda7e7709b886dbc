"""Engines hand out psycopg's own connections, in a transaction or without one."""

import asyncio

import psycopg
import pytest
from sqlalchemy import event

from resources.databases import Database
from resources.embedded import EmbeddedServer
from resources.errors import DatabaseError


def test_a_connection_is_committed_at_the_end_and_rolled_back_by_an_exception(empty_url: str) -> None:
    database = Database(empty_url)
    with database.connection() as connection:
        connection.execute("CREATE TABLE kept (i int)")
    with pytest.raises(psycopg.errors.DivisionByZero), database.connection() as connection:
        connection.execute("INSERT INTO kept SELECT 1 / i FROM generate_series(1, 0, -1) AS i")
    with database.connection(autocommit=True) as connection:
        assert connection.autocommit
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (0,)
    with database.connection() as connection:
        assert not connection.autocommit
    database.close()


def test_an_asynchronous_connection_is_psycopgs_own_and_commits(empty_url: str) -> None:
    async def load() -> int:
        database = Database(empty_url)
        async with database.async_connection() as connection:
            assert isinstance(connection, psycopg.AsyncConnection)
            await connection.execute("CREATE TABLE kept (i int)")
            async with connection.cursor() as cursor, cursor.copy("COPY kept (i) FROM STDIN") as copy:
                await copy.write_row((7,))
        async with database.async_connection(autocommit=True) as connection:
            row = await (await connection.execute("SELECT i FROM kept")).fetchone()
        await database.aclose()
        assert row is not None
        return int(row[0])

    assert asyncio.run(load()) == 7


def test_a_connection_that_the_server_ended_is_replaced(empty_url: str) -> None:
    database = Database(empty_url, pool_size=1)
    with pytest.raises(DatabaseError, match="was lost"), database.connection() as connection:
        connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    with database.connection() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    database.close()


def test_a_server_that_goes_while_it_is_greeted_is_out_of_reach(server: EmbeddedServer, empty_url: str) -> None:
    database = Database(empty_url, pool_size=1)

    @event.listens_for(database.engine, "connect", insert=True)
    def end_it(opened: psycopg.Connection, _: object) -> None:
        with psycopg.connect(server.url("postgres").get_secret_value(), autocommit=True) as other:
            other.execute("SELECT pg_terminate_backend(%s, 5000)", (opened.info.backend_pid,))

    with pytest.raises(DatabaseError, match="can't be reached"), database.connection():
        pass
    database.close()
