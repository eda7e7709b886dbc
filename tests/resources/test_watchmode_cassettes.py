"""Watchmode's requests are those on record, with the key in its header; a changed one is not found there."""

import asyncio
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from catalog_assets.streaming.id_map import read_id_map
from catalog_assets.streaming.watchmode import (
    read_offers,
    read_regions,
    read_releases,
    read_sources,
    read_status,
)
from resources.client import Answer
from resources.credentials import SignedRequest
from resources.watchmode import WatchmodeClient, WatchmodeKey, watchmode_pace
from tests.sandbox_process import running_sandbox
from tests.watchmode_cassettes import FOLDER, SCENES, ask, cassette, first_id

KEY = "k" * 40


def client_of(source_url: str, base_url: str = "https://api.watchmode.com", key: str = KEY) -> WatchmodeClient:
    """A client over httpx's own transport, which a cassette answers in place of the network."""
    return WatchmodeClient(
        base_url=base_url,
        api_key=SecretStr(key),
        source_url=SecretStr(source_url),
        pace=watchmode_pace(33, requests_per_second=0),
        transport=httpx.AsyncHTTPTransport(),
    )


def play(client: WatchmodeClient, scene: str) -> Answer:
    async def ask_once() -> Answer:
        async with client:
            return await ask(client, scene)

    with cassette(scene) as played:
        answer = asyncio.run(ask_once())
        assert played.all_played
    return answer


@pytest.mark.parametrize("scene", SCENES)
def test_a_request_is_the_one_on_record(source_url: str, scene: str) -> None:
    assert play(client_of(source_url), scene).status == (304 if scene == "id_map_unchanged" else 200)


def test_what_is_on_record_can_be_read(source_url: str) -> None:
    def body(scene: str) -> bytes:
        return play(client_of(source_url), scene).body

    for scene, read in (
        ("regions", read_regions),
        ("sources", read_sources),
        ("title_sources", read_offers),
        ("releases", read_releases),
    ):
        found = read(body(scene))
        assert (found.problem, found.rejected) == (None, {})
    assert read_status(body("status")).quota > 0
    assert read_id_map(body("id_map")).rows > 5


@pytest.mark.parametrize("header", ["user-agent", "accept", "accept-encoding"])
def test_a_changed_header_is_not_on_record(source_url: str, header: str) -> None:
    client = client_of(source_url)
    client._http.headers[header] = "other"
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client, "status")


@pytest.mark.parametrize(
    ("headers", "params"),
    [({}, {}), ({"authorization": f"Bearer {KEY}"}, {}), ({"x-api-key": "short"}, {}), ({}, {"apiKey": KEY})],
    ids=["none", "another header", "another form", "in the address"],
)
def test_a_key_in_another_place_is_not_on_record(
    source_url: str, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], params: dict[str, str]
) -> None:
    async def signed(_: WatchmodeKey, request: httpx.Request) -> httpx.Request:
        return SignedRequest(request, headers=headers, params=params)

    monkeypatch.setattr(WatchmodeKey, "signed", signed)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "status")


@pytest.mark.parametrize("params", [{}, {"regions": "US"}, {"regions": "US,IN", "page": "1"}])
def test_a_changed_parameter_is_not_on_record(source_url: str, params: dict[str, str]) -> None:
    async def other(client: WatchmodeClient) -> None:
        async with client:
            first = await client.get("/datasets/title_id_map.csv", {}, cost=0)
            await client.get(f"/v1/title/{first_id(first.body)}/sources", params)

    with cassette("title_sources"), pytest.raises(CannotOverwriteExistingCassetteException):
        asyncio.run(other(client_of(source_url)))


def test_every_scene_is_on_record_and_nothing_else() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(SCENES)


def test_recording_again_hides_address_and_key(source_url: str, tmp_path: Path) -> None:
    with running_sandbox(movies=60) as sandbox:

        async def record(client: WatchmodeClient) -> None:
            async with client:
                with cassette("regions", folder=tmp_path, record=True):
                    assert (await ask(client, "regions")).status == 200

        asyncio.run(record(client_of(source_url, sandbox.url, sandbox.watchmode_key)))
        text = (tmp_path / "regions.yaml").read_text(encoding="utf-8")
        for shown in (sandbox.watchmode_key, sandbox.url, "127.0.0.1"):
            assert shown not in text
    assert "x-api-key:\n      - hidden" in text


def test_no_cassette_holds_a_key() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "uri: https://watchmode.invalid/" in text
        assert "x-api-key:\n      - hidden" in text
        assert not any(shown in text for shown in ("Bearer", "apiKey", "127.0.0.1", "api.watchmode.com"))
