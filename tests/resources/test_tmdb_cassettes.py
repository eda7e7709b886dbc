"""TMDB's requests are those on record, with either credential; a changed parameter or header is not found there."""

import asyncio
from collections.abc import Mapping
from pathlib import Path

import httpx
import orjson
import pytest
from pydantic import SecretStr
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from resources.client import Answer, ServiceClient
from resources.credentials import SignedRequest
from resources.tmdb import ApiKey, TmdbClient, tmdb_pace
from tests.sandbox_process import running_sandbox
from tests.tmdb_cassettes import FOLDER, SCENES, ask, cassette

KEYS = {"v3": "0a1b2c3d" * 4, "v4": "header.payload.signature-of-tests"}


def client_of(source_url: str, form: str = "v4", base_url: str = "https://api.themoviedb.org") -> TmdbClient:
    """A client over httpx's own transport, which a cassette answers in place of the network."""
    return TmdbClient(
        base_url=base_url,
        api_key=SecretStr(KEYS.get(form, form)),
        source_url=SecretStr(source_url),
        pace=tmdb_pace(0),
        transport=httpx.AsyncHTTPTransport(),
    )


def play(client: TmdbClient, scene: str) -> Answer:
    async def ask_once() -> Answer:
        async with client:
            return await ask(client, scene)

    with cassette(scene) as played:
        answer = asyncio.run(ask_once())
        assert played.all_played
    return answer


@pytest.mark.parametrize("form", KEYS)
@pytest.mark.parametrize("scene", SCENES)
def test_a_request_is_the_one_on_record_with_either_credential(source_url: str, scene: str, form: str) -> None:
    assert play(client_of(source_url, form), scene).status == (304 if scene == "unchanged" else 200)


@pytest.mark.parametrize("header", ["user-agent", "accept", "accept-encoding"])
def test_a_changed_header_is_not_on_record(source_url: str, header: str) -> None:
    client = client_of(source_url)
    client._http.headers[header] = "other"
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client, "list_page")


@pytest.mark.parametrize(
    ("headers", "params"),
    [
        ({}, {}),
        ({"authorization": KEYS["v3"]}, {}),
        ({"authorization": f"Bearer {KEYS['v4']}"}, {"api_key": KEYS["v3"]}),
    ],
    ids=["none", "another form", "both"],
)
def test_another_credential_is_not_on_record(
    source_url: str, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], params: dict[str, str]
) -> None:
    async def signed(_: ApiKey, request: httpx.Request) -> httpx.Request:
        return SignedRequest(request, headers=headers, params=params)

    monkeypatch.setattr(ApiKey, "signed", signed)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "list_page")


def test_a_version_that_is_not_named_is_not_on_record(source_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    get = ServiceClient.get

    async def unconditional(
        self: ServiceClient, path: str, params: Mapping[str, str], etag: str | None = None
    ) -> Answer:
        return await get(self, path, params)

    monkeypatch.setattr(ServiceClient, "get", unconditional)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "unchanged")


@pytest.mark.parametrize("params", [{"page": "2"}, {}, {"page": "1", "region": "IN"}])
def test_a_changed_parameter_is_not_on_record(source_url: str, params: dict[str, str]) -> None:
    async def other(client: TmdbClient) -> None:
        async with client:
            await client.get("/3/movie/popular", params)

    with cassette("list_page"), pytest.raises(CannotOverwriteExistingCassetteException):
        asyncio.run(other(client_of(source_url)))


def test_what_is_on_record_is_what_the_contract_says_of_an_answer(source_url: str) -> None:
    page = orjson.loads(play(client_of(source_url), "list_page").body)
    assert (page["page"], len(page["results"])) == (1, 20)
    details = orjson.loads(play(client_of(source_url), "details").body)
    assert {"id", "credits", "external_ids", "watch/providers"} <= details.keys()
    changed = orjson.loads(play(client_of(source_url), "changes_page").body)
    assert {"id", "adult"} <= changed["results"][0].keys()


def test_every_scene_is_on_record_and_nothing_else() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(SCENES)


@pytest.mark.parametrize("form", KEYS)
def test_recording_again_hides_address_and_credential(source_url: str, tmp_path: Path, form: str) -> None:
    with running_sandbox(movies=60, tmdb_key=KEYS["v3"], options=("--tmdb-rate=0", "--tmdb-latency=0")) as sandbox:
        credential = sandbox.tmdb_token if form == "v4" else KEYS["v3"]

        async def record(client: TmdbClient) -> None:
            async with client:
                with cassette("details", folder=tmp_path, record=True, hidden=credential):
                    assert (await ask(client, "details")).status == 200

        asyncio.run(record(client_of(source_url, credential, sandbox.url)))
    text = (tmp_path / "details.yaml").read_text(encoding="utf-8")
    assert "credential:\n      - hidden" in text
    for shown in (credential, sandbox.url, "127.0.0.1", "api_key", "Bearer", "authorization"):
        assert shown not in text


def test_no_cassette_holds_a_credential() -> None:
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "uri: https://tmdb.invalid/3/" in text
        assert not any(shown in text for shown in ("api_key", "Bearer", "authorization", "127.0.0.1"))
