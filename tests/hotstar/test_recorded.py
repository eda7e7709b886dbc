"""Answers of the real service, where they lie beside the project: the client takes them, the merge keeps every item."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path

import httpx
import psycopg
import pytest
from psycopg.rows import dict_row
from pydantic import SecretStr

from catalog_assets.hotstar.items import judge, read_page
from catalog_assets.hotstar.kinds import KINDS, Kind
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from tests.hotstar.platform import films
from tests.hotstar.stored import merged, store_listing, store_page
from tests.recorded import RECORDED, film_of, titles

ANSWERS = sorted(RECORDED.glob("*.json"))

pytestmark = pytest.mark.skipif(not ANSWERS, reason="the recorded answers do not lie beside this checkout")


def recorded(kind: Kind) -> bytes:
    return (RECORDED / f"{kind.path.strip('/').replace('/', '_')}.json").read_bytes()


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)
def test_a_recorded_answer_is_read_to_its_last_item_and_fits_its_kind(kind: Kind) -> None:
    page = read_page(recorded(kind))
    assert page.problem is None
    assert page.items
    assert judge(page.items, kind.item).rejected == {}


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)
def test_every_field_of_a_recorded_item_is_in_a_column_of_its_own(source_url: str, kind: Kind) -> None:
    (item,) = json.loads(recorded(kind))["body"]["results"]["items"]
    with psycopg.connect(source_url, autocommit=True) as connection:
        store_page(connection, store_listing(connection, kind=kind), recorded(kind), kind=kind)
        assert merged(connection, kind).rejected == 0
        query = f"SELECT * FROM {kind.view}".encode()  # noqa: S608 - a name of the description's
        (row,) = connection.cursor(row_factory=dict_row).execute(query).fetchall()
    assert row["raw_response"] == item
    columns = [*(value for name, value in row.items() if name != "raw_response"), int(row["content_id"])]
    assert [name for name, value in item.items() if value not in columns] == []


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


def test_every_recorded_title_goes_through_sandbox_and_table_unchanged(
    source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = {row["hotstar_id"]: row for row in titles()}
    assert len(real) > 3_000
    with films(source_url, monkeypatch, movies=100) as platform:
        platform.sandbox.control(do="add", items=[film_of(row) for row in real.values()])
        assert platform.census().success
        query = "SELECT content_id, title, description, raw_response -> 'genre' ->> 0, year FROM hotstar_movies"
        found = {row[0]: row[1:] for row in platform.rows(query)}
    assert {content_id: found[content_id] for content_id in real} == {
        content_id: (row["title"], row["description"], row["genre"], int(row["year"]))
        for content_id, row in real.items()
    }
