"""Censuses and polls against the sandbox over HTTP: the ids on the stored pages are the truth's."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import zstandard
from pydantic import SecretStr

from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.listing import ListingResult
from catalog_assets.hotstar.pages import read_facts
from catalog_assets.hotstar.updates import list_updates
from resources.databases import Database
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from tests.sandbox_process import RunningSandbox, running_sandbox

UNPACED = replace(HOTSTAR_PACE, interval_s=0.0)
FILMS = 21_000
"""More than one part holds, so that the census divides them."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=FILMS) as running:
        yield running


@pytest.fixture(autouse=True)
def as_at_first(sandbox: RunningSandbox) -> None:
    sandbox.control(do="reset")
    sandbox.control(do="pace", rate=0, latency=0)


def listed(sandbox: RunningSandbox, url: str, *, window: timedelta | None = None) -> ListingResult:
    """A census, or a poll of the last hours."""

    async def scene() -> ListingResult:
        database = Database(url)
        client = HotstarClient(
            base_url=sandbox.url,
            partner_id=sandbox.partner,
            akamai_secret=SecretStr(sandbox.secret),
            source_url=SecretStr(url),
            pace=UNPACED,
        )
        shared: dict[str, Any] = {"kind": MOVIE, "database": database, "run_id": "run", "origin": "sandbox:1"}
        try:
            async with client:
                if window is None:
                    return await take_census(client=client, **shared)
                now = datetime.now(UTC)
                return await list_updates(client=client, start=now - window, end=now + timedelta(minutes=1), **shared)
        finally:
            await database.aclose()

    return asyncio.run(scene())


def stored_ids(url: str) -> set[str]:
    ids: set[str] = set()
    with psycopg.connect(url) as connection:
        for (body,) in connection.execute("SELECT body FROM hotstar.pages"):
            facts, _ = read_facts(zstandard.decompress(body))
            ids.update(facts.ids if facts else ())
    return ids


def test_a_census_finds_every_film_those_without_dates_too(sandbox: RunningSandbox, source_url: str) -> None:
    result = listed(sandbox, source_url)

    truth = sandbox.truth(ids=1)
    assert (result.status, result.problem) == ("complete", None)
    assert result.total == result.distinct_ids == truth["total"] == FILMS
    assert stored_ids(source_url) == set(truth["visible_ids"])
    # 21 pages hold the films; each of two parts may waste one, the whole and the closing window are one each.
    assert result.requests <= 21 + 2 + 2


def test_films_that_come_go_and_change_meanwhile_are_seen(sandbox: RunningSandbox, source_url: str) -> None:
    before = set(sandbox.truth(ids=1)["visible_ids"])
    sandbox.control(do="lag", seconds=0)
    for request in (4, 9, 16):
        sandbox.control(do="day", adds=3, updates=5, removals=3, returns=0, when={"after_request": request})

    result = listed(sandbox, source_url)

    after = set(sandbox.truth(ids=1)["visible_ids"])
    assert result.status == "complete"
    assert before & after <= stored_ids(source_url)


def test_a_page_cut_off_and_a_page_of_html_are_asked_for_again(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", body="cut", skip=6, times=1)
    sandbox.control(do="fault", body="html", skip=9, times=1)

    result = listed(sandbox, source_url)

    assert result.status == "complete"
    with psycopg.connect(source_url) as connection:
        assert connection.execute("SELECT count(*) FROM hotstar.pages WHERE NOT readable").fetchone() == (2,)


def test_a_day_of_changes_takes_one_request(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="lag", seconds=0)
    sandbox.control(do="day", adds=10, updates=30, removals=10, returns=0)

    result = listed(sandbox, source_url, window=timedelta(hours=2))

    assert (result.status, result.requests, result.requests_apart) == ("complete", 1, 0)
    assert result.total == 40
