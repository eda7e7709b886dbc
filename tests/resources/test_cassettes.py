"""Every kind of request is the one on record: a changed parameter or header is not found there."""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import httpx
import orjson
import pytest
from pydantic import SecretStr
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from resources.client import Answer
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from tests.cassettes import FOLDER, SCENES, ask, cassette
from tests.sandbox_process import running_sandbox

UNPACED = replace(HOTSTAR_PACE, interval_s=0.0)
PLACES = {
    "production": ("https://catalog-api.hotstar.com", "partner-one"),
    "sandbox": ("http://127.0.0.1:9", "partner-two"),
}


def client_of(source_url: str, place: str = "sandbox") -> HotstarClient:
    """A client over httpx's own transport, which a cassette answers in place of the network."""
    base_url, partner = PLACES[place]
    return HotstarClient(
        base_url=base_url,
        partner_id=partner,
        akamai_secret=SecretStr("ab" * 32),
        source_url=SecretStr(source_url),
        pace=UNPACED,
        transport=httpx.AsyncHTTPTransport(),
    )


def play(client: HotstarClient, scene: str) -> bool:
    async def ask_once() -> bool:
        async with client:
            return await ask(client, scene)

    with cassette(scene) as played:
        readable = asyncio.run(ask_once())
        assert played.all_played
    return readable


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("scene", SCENES)
def test_a_request_is_the_one_on_record_whoever_asks(source_url: str, scene: str, place: str) -> None:
    assert play(client_of(source_url, place), scene)


@pytest.mark.parametrize(
    "header",
    ["x-country-code", "x-platform-code", "x-region-code", "x-client-code", "user-agent", "accept", "accept-encoding"],
)
def test_a_changed_header_is_not_on_record(source_url: str, header: str) -> None:
    client = client_of(source_url)
    client._http.headers[header] = "other"
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client, "first_page")


def test_a_missing_header_is_not_on_record(source_url: str) -> None:
    client = client_of(source_url)
    del client._http.headers["x-partner-name"]
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client, "first_page")


def test_a_token_of_another_form_is_not_on_record(source_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async def with_its_name(_: object) -> dict[str, str]:
        return {"hdnea": f"hdnts=st=1~exp=2001~acl=/*~hmac={'0' * 64}"}

    monkeypatch.setattr("resources.edgeauth.TokenHeader.headers", with_its_name)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "first_page")


Changed = Callable[[dict[str, str]], dict[str, str]]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda params: {**params, "orderBy": "startDate"}, id="a value changed"),
        pytest.param(lambda params: {**params, "live": "true"}, id="a parameter more"),
        pytest.param(lambda params: {k: v for k, v in params.items() if k != "order"}, id="a parameter less"),
    ],
)
def test_a_changed_parameter_is_not_on_record(
    source_url: str, monkeypatch: pytest.MonkeyPatch, change: Changed
) -> None:
    get = HotstarClient.get

    async def changed(self: HotstarClient, path: str, params: Mapping[str, str]) -> Answer:
        return await get(self, path, change(dict(params)))

    monkeypatch.setattr(HotstarClient, "get", changed)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "update_window")


def test_every_scene_is_on_record_and_nothing_else() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(SCENES)


def test_no_cassette_holds_an_address_a_partner_or_a_token() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "hmac=" not in text
        assert "uri: https://hotstar.invalid/" in text
        assert set(re.findall(r"partner=(\w+)", text)) == {"hidden"}
        assert set(re.findall(r"(?:hdnea|x-partner-name|host):\s+- (\S+)", text)) == {"hidden", "hotstar.invalid"}


def test_recording_again_hides_partner_and_token(source_url: str, tmp_path: Path) -> None:
    async def record(client: HotstarClient) -> None:
        async with client:
            with cassette("update_window", folder=tmp_path, record=True, hidden=client._partner_id):
                assert await ask(client, "update_window")

    with running_sandbox(movies=60) as sandbox:
        client = HotstarClient(
            base_url=sandbox.url,
            partner_id=sandbox.partner,
            akamai_secret=SecretStr(sandbox.secret),
            source_url=SecretStr(source_url),
            pace=UNPACED,
            transport=httpx.AsyncHTTPTransport(),
        )
        asyncio.run(record(client))
    text = (tmp_path / "update_window.yaml").read_text(encoding="utf-8")
    for shown in (sandbox.partner, sandbox.secret, sandbox.url, "127.0.0.1", "hmac="):
        assert shown not in text


def test_what_is_on_record_is_what_the_contract_says_of_an_answer(source_url: str) -> None:
    async def first_page(client: HotstarClient) -> Answer:
        async with client:
            return await client.get(
                "/movie/search", {"orderBy": "contentId", "order": "asc", "offset": "0", "size": "3"}
            )

    with cassette("first_page"):
        answer = asyncio.run(first_page(client_of(source_url)))
    results = orjson.loads(answer.body)["body"]["results"]
    assert len(results["items"]) == results["size"] == 3
    assert results["totalResults"] > 3
