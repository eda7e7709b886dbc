"""Thirty days of additions, updates, removals and returns, listed as scheduled, and the truth at their end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import EPISODE, KINDS, MATCH, SEASON, SHOW, Kind
from catalog_assets.hotstar.listing import ListingResult
from catalog_assets.hotstar.merge import MergeResult, merge_pages
from catalog_assets.hotstar.replay import replay
from catalog_assets.hotstar.rounds import list_round
from catalog_assets.hotstar.updates import list_updates
from resources.dagster_resources import Hotstar
from resources.databases import Database
from resources.hotstar import HotstarClient
from tests.hotstar.platform import FIELDS, Films, films

DAYS = 30
A_DAY = {"adds": 3, "updates": 5, "removals": 2}
ROUND = 15
"""Series whose seasons are listed on one day: half of them, or more would go at the end than the guard lets go."""

SCALES = {EPISODE: 0.003, MATCH: 0.003, SEASON: 0.005}
"""Two thousand episodes on three pages, five hundred matches, and the seasons of thirty series, are a month's worth."""

Listing = Callable[[HotstarClient, Database], Awaitable[ListingResult]]


@pytest.fixture
def platform(source_url: str, monkeypatch: pytest.MonkeyPatch, kind: Kind) -> Iterator[Films]:
    with films(source_url, monkeypatch, movies=300, scale=SCALES.get(kind, 0.01)) as ready:
        yield ready


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)
def test_a_month_of_changes_leaves_what_the_service_has(platform: Films, source_url: str, kind: Kind) -> None:
    def brought(listing: Listing, of: Kind = kind) -> MergeResult:
        result = asyncio.run(listed(source_url, listing))
        assert (result.status, result.problem) == ("complete", None)
        return merge_pages(platform.connection, of, run_id="run")

    if kind is SEASON:
        brought(census(SHOW), SHOW)
    brought(whole(kind))
    assert platform.ids(kind) == platform.true_ids(kind)

    for day in range(DAYS):
        platform.forget_when_it_was(kind, hours=25)
        platform.sandbox.control(do="day", kind=kind.name, **A_DAY, returns=min(day, 1))
        if kind.is_polled:
            merged = brought(polled(kind))
            assert merged.inserted == A_DAY["adds"]
        if kind.listed_by is not None:
            brought(a_round(kind, ROUND))
        elif kind.listed_every == "day" or day % 7 == 6:
            brought(census(kind))
    for _ in range(kind.censuses_to_miss):
        platform.forget_when_it_was(kind)
        brought(whole(kind))

    assert table(platform, kind) == truth(platform, kind)
    assert platform.one("SELECT count(*) FROM hotstar.deletion_events WHERE event = 'deleted'") > 10
    assert platform.one("SELECT count(*) FROM hotstar.deletion_events WHERE event = 'restored'") > 0
    replay(platform.connection, kind, swap=True)  # the tables' own times were not put back with those of the pages
    assert table(platform, kind) == truth(platform, kind)
    assert replay(platform.connection, kind).differences == 0


def table(platform: Films, kind: Kind) -> dict[str, dict[str, Any]]:
    held = platform.rows(
        f"SELECT content_id, raw_response FROM {kind.view}"  # noqa: S608 - from here
        " WHERE deletion_reason IS DISTINCT FROM 'missing'"
    )
    return {content_id: {name: item.get(name) for name in FIELDS} for content_id, item in held}


def truth(platform: Films, kind: Kind) -> dict[str, dict[str, Any]]:
    items: dict[str, dict[str, Any]] = platform.sandbox.truth(kind.name, items=1)["items"]
    return {content_id: {name: item.get(name) for name in FIELDS} for content_id, item in items.items()}


async def listed(source_url: str, listing: Listing) -> ListingResult:
    database = Database(source_url)
    try:
        async with Hotstar().client(database, run_id="run", asset="asset") as client:
            return await listing(client, database)
    finally:
        await database.aclose()


def whole(kind: Kind) -> Listing:
    return a_round(kind, None) if kind.listed_by else census(kind)


def census(kind: Kind) -> Listing:
    return lambda client, database: take_census(
        kind=kind, client=client, database=database, run_id="run", origin="sandbox"
    )


def a_round(kind: Kind, most: int | None) -> Listing:
    return lambda client, database: list_round(kind=kind, client=client, database=database, run_id="run", most=most)


def polled(kind: Kind) -> Listing:
    half = timedelta(hours=12)
    now = datetime.now(UTC)
    return lambda client, database: list_updates(
        kind=kind, client=client, database=database, run_id="run", origin="sandbox", start=now - half, end=now + half
    )
