"""One small sandbox a module, as it was started for each test."""

from collections.abc import Iterator

import pytest

from tests.sandbox_process import RunningSandbox, running_sandbox


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=2_000, as_command=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    """2,000 films, no limit, no latency, changes searchable at once."""
    started.control(do="reset")
    started.control(do="lag", seconds=0)
    return started
