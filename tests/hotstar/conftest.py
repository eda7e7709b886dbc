"""What tests of Hotstar share: the database `source`, and a world of a service in memory beside it."""

import asyncio
from collections.abc import Iterator

import psycopg
import pytest

from tests.hotstar.world import World


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def world(source_url: str) -> Iterator[World]:
    with asyncio.Runner() as runner:
        made = World(runner, source_url)
        yield made
        runner.run(made.database.aclose())
