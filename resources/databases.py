"""Engines for the databases `source` and `catalog`, and the driver connections that they hand out.

SQLAlchemy owns the pools; named SQL and COPY go through psycopg 3, so a connection handed out here is psycopg's own.
Dagster's database is Dagster's: all that is done in it here is to hold others off while its tables are made.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import cached_property
from typing import cast

import psycopg
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from resources.errors import DatabaseError

SEARCH_PATH = ("public", "ops", "hotstar", "tmdb", "streaming", "trakt")
"""The schemas that a bare table name is looked up in, in the database `source`."""

CONNECT_SECONDS = 10


class Database:
    """One database: engines on psycopg 3 made when first asked for, closed with `close` and `aclose`.

    Args:
        url: a plain `postgresql://` URL.
        name: what messages call it (`source`, `catalog`, `dagster`).
        pool_size: connections kept open, for the engine and the asynchronous engine each.
    """

    def __init__(self, url: SecretStr | str, *, name: str = "source", pool_size: int = 4) -> None:
        text = url.get_secret_value() if isinstance(url, SecretStr) else url
        self.name = name
        self._url = make_url(text).set(drivername="postgresql+psycopg")
        self._pool_size = pool_size

    def __repr__(self) -> str:
        return f"Database({self.name!r}, {self._url.render_as_string(hide_password=True)})"

    @property
    def url(self) -> SecretStr:
        """The plain `postgresql://` URL, password included."""
        return SecretStr(self._url.set(drivername="postgresql").render_as_string(hide_password=False))

    @cached_property
    def engine(self) -> Engine:
        """The pool that `connection` draws from."""
        return create_engine(
            self._url, pool_size=self._pool_size, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
        )

    @cached_property
    def async_engine(self) -> AsyncEngine:
        """The pool that `async_connection` draws from; it belongs to the event loop that first uses it."""
        return create_async_engine(
            self._url, pool_size=self._pool_size, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS}
        )

    @contextmanager
    def connection(self, *, autocommit: bool = False) -> Iterator[psycopg.Connection]:
        """A psycopg connection: one transaction, committed at the end and rolled back by an exception.

        Args:
            autocommit: each statement is a transaction of its own.

        Raises:
            DatabaseError: no connection could be made, or it was lost on the way.
        """
        try:
            pooled = self.engine.raw_connection()
        except psycopg.OperationalError as refused:
            raise unreachable(self, refused) from None
        except OperationalError as refused:  # the server went while SQLAlchemy asked the new connection who it is
            raise unreachable(self, refused.orig) from None
        driver = cast("psycopg.Connection", pooled.driver_connection)
        try:
            driver.autocommit = autocommit
            yield driver
            if not autocommit:
                driver.commit()
        except psycopg.OperationalError as error:
            if not driver.broken:
                raise
            pooled.invalidate()
            raise lost(self, error) from error
        finally:
            if not driver.closed:
                driver.rollback()
                driver.autocommit = False
            pooled.close()

    @asynccontextmanager
    async def async_connection(self, *, autocommit: bool = False) -> AsyncIterator[psycopg.AsyncConnection]:
        """As `connection`, for asynchronous code.

        Raises:
            DatabaseError: no connection could be made.
        """
        try:
            pooled = await self.async_engine.connect()
        except OperationalError as refused:
            raise unreachable(self, refused.orig) from None
        try:
            driver = cast("psycopg.AsyncConnection", (await pooled.get_raw_connection()).driver_connection)
            try:
                await driver.set_autocommit(autocommit)
                yield driver
                if not autocommit:
                    await driver.commit()
            finally:
                if not driver.closed:
                    await driver.rollback()
                    await driver.set_autocommit(False)
                else:
                    await pooled.invalidate()
        finally:
            await pooled.close()

    def close(self) -> None:
        """Close the pool of `connection`."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    async def aclose(self) -> None:
        """Close both pools; call it in the event loop that used `async_connection`."""
        if "async_engine" in self.__dict__:
            await self.async_engine.dispose()
        self.close()


def lost(database: Database, error: psycopg.OperationalError) -> DatabaseError:
    """The error for a connection that went away in use: its transaction is rolled back."""
    reason = str(error).splitlines()[0]
    return DatabaseError(
        f"The connection to the database {database.name} was lost ({reason}): what was not committed is undone. "
        f"See that the server runs, then start it again."
    )


def unreachable(database: Database, refused: BaseException | None) -> DatabaseError:
    """The error for a connection that could not be made; the password is in no part of it."""
    url, name = database.engine.url, database.name
    reason = str(refused).splitlines()[0]
    if url.password:
        reason = reason.replace(str(url.password), "***")
    return DatabaseError(
        f"The database {name} at {url.host}:{url.port or 5432}/{url.database} can't be reached ({reason}): "
        f"see that the server runs and that {name.upper()}_DATABASE_URL is right."
    )
