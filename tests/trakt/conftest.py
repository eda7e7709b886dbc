"""What tests of signing in and out share: a sandbox whose user may be polled without a pause, and a source database."""

from collections.abc import Iterator

import psycopg
import pytest
import stamina

from tests.sandbox_process import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=20, options=("--trakt-poll-seconds=0",)) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    started.control(do="reset")
    return started


@pytest.fixture
def connection(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as made:
        yield made


@pytest.fixture
def no_backoff() -> Iterator[None]:
    with stamina.set_testing(True, attempts=2, cap=True):
        yield
