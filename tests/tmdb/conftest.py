"""What tests of TMDB share."""

from collections.abc import Iterator

import pytest

from tests.tmdb.platform import Jobs, Tmdb, tmdb_jobs, tmdb_sandbox


@pytest.fixture
def tmdb(source_url: str) -> Iterator[Tmdb]:
    with tmdb_sandbox(source_url) as ready:
        yield ready


@pytest.fixture
def jobs(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Jobs]:
    with tmdb_jobs(source_url, monkeypatch) as ready:
        yield ready
