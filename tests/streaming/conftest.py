"""What tests of streaming share: the clock of a source database, moved by hand."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from tests.sandbox_process import RunningSandbox, running_sandbox

START = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


@dataclass
class Clock:
    """The database's time, which stands still until it is moved, for whoever asks; `followers` are moved with it."""

    connection: psycopg.Connection
    at: datetime = START
    followers: list[Callable[[datetime], object]] = field(default_factory=list)

    def set(self, at: datetime) -> None:
        self.at = at
        self.connection.execute(
            "CREATE OR REPLACE FUNCTION ops.now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            f" AS $$ SELECT '{at}'::timestamptz $$"
        )
        for follow in self.followers:
            follow(at)

    def advance(self, **given: float) -> None:
        self.set(self.at + timedelta(**given))


@pytest.fixture
def connection(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    """A sandbox that the tests of a module share."""
    with running_sandbox(movies=300) as sandbox:
        yield sandbox


@pytest.fixture
def followed(clock: Clock, started: RunningSandbox) -> Clock:
    """The database's clock, which that of the sandbox follows, as new."""
    started.control(do="reset")
    clock.followers.append(lambda at: started.control(do="clock", set=at.timestamp(), stop=True))
    clock.set(START)
    return clock


@pytest.fixture
def clock(connection: psycopg.Connection) -> Clock:
    clock = Clock(connection)
    clock.set(START)
    return clock
