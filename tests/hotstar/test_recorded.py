"""Answers of the real service, where they lie beside the project: the client takes them, the merge keeps the film."""

import asyncio
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest
from pydantic import SecretStr

from catalog_assets.hotstar.items import Accepted, HotstarItem, judge, read_page
from catalog_assets.hotstar.kinds import MOVIE
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from tests.hotstar.stored import merged, store_listing, store_page

RECORDED = Path(__file__).resolve().parents[3] / "shared" / "recorded" / "hotstar"
ANSWERS = sorted(RECORDED.glob("*.json"))

pytestmark = pytest.mark.skipif(not ANSWERS, reason="the recorded answers do not lie beside this checkout")


class Titled(HotstarItem):
    """What every kind but channels, which have a name, carries."""

    title: str = ""


@pytest.mark.parametrize("path", ANSWERS, ids=lambda path: path.stem)
def test_a_recorded_answer_is_read_to_its_last_item(path: Path) -> None:
    page = read_page(path.read_bytes())
    assert page.problem is None
    assert page.items
    assert all(isinstance(judge(entry, Titled), Accepted) for entry in page.items)


def test_the_client_hands_over_every_recorded_answer_as_it_came(source_url: str) -> None:
    for path in ANSWERS:
        assert asyncio.run(_asked(path, source_url)) == path.read_bytes()


async def _asked(path: Path, source_url: str) -> bytes:
    client = HotstarClient(
        base_url="https://service.invalid",
        partner_id="partner",
        akamai_secret=SecretStr("ab" * 32),
        source_url=SecretStr(source_url),
        pace=replace(HOTSTAR_PACE, interval_s=0.0),
        transport=httpx.MockTransport(lambda _: httpx.Response(200, content=path.read_bytes())),
    )
    async with client:
        return (await client.get(f"/{path.stem.replace('_', '/')}", {"size": "1"})).body


def test_the_recorded_film_becomes_a_row(source_url: str) -> None:
    body = (RECORDED / "movie_search.json").read_bytes()
    with psycopg.connect(source_url, autocommit=True) as connection:
        store_page(connection, store_listing(connection), body)
        assert merged(connection).rejected == 0
        row = connection.execute(
            "SELECT content_id, title, start_date, asset_status, jsonb_array_length(lang), deletion_reason, is_test"
            " FROM hotstar_movies"
        ).fetchone()
    assert row == ("1260128510", "Dug Days: Carl's Date", 32535072000, "UNPUBLISHED", 8, "unpublished", False)


def test_the_recorded_film_fits_its_model() -> None:
    page = read_page((RECORDED / "movie_search.json").read_bytes())
    assert [type(judge(entry, MOVIE.item)) for entry in page.items] == [Accepted] * len(page.items)
