"""Trakt's requests are those on record, the calls of signing in included; what is changed in one is not found there."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace

import httpx
import orjson
import pytest
from pydantic import SecretStr
from vcr.errors import CannotOverwriteExistingCassetteException  # type: ignore[import-untyped]

from catalog_assets.trakt.lists import read_ranking
from resources.access import TraktSignInAccess
from resources.client import Answer
from resources.credentials import SignedRequest
from resources.trakt import ClientId, TraktClient, trakt_pace
from resources.trakt_sign_in import SIGN_IN_PACE, Poll, TraktSignInClient
from tests.trakt_cassettes import FOLDER, SCENES, SIGN_INS, ask, cassette

CLIENT_ID = SecretStr("0a1b2c3d" * 8)
ACCESS = TraktSignInAccess(
    base_url="https://auth.trakt.tv",
    client_id=CLIENT_ID,
    client_secret=SecretStr("d3c2b1a0" * 8),
    contact="https://example.org/who",
    token_key=SecretStr(""),
)


def client_of(source_url: str) -> TraktClient:
    """A client over httpx's own transport, which a cassette answers in place of the network."""
    return TraktClient(
        base_url="https://api.trakt.tv",
        client_id=CLIENT_ID,
        contact="ops@example.org",
        source_url=SecretStr(source_url),
        pace=trakt_pace(0),
        transport=httpx.AsyncHTTPTransport(),
    )


def play(client: TraktClient, scene: str) -> Answer:
    async def ask_once() -> Answer:
        async with client:
            return await ask(client, scene)

    with cassette(scene) as played:
        answer = asyncio.run(ask_once())
        assert played.all_played
    return answer


def play_sign_in(source_url: str, scene: str, access: TraktSignInAccess = ACCESS) -> list[Poll]:
    async def play_once() -> list[Poll]:
        pace = replace(SIGN_IN_PACE, interval_s=0.0)
        transport = httpx.AsyncHTTPTransport()
        async with TraktSignInClient(
            access, source_url=SecretStr(source_url), pace=pace, transport=transport
        ) as client:
            return await SIGN_INS[scene](client, lambda *_: None)

    with cassette(scene) as played:
        polls = asyncio.run(play_once())
        assert played.all_played
    return polls


@pytest.mark.parametrize("scene", SCENES)
def test_a_request_is_the_one_on_record(source_url: str, scene: str) -> None:
    answer = play(client_of(source_url), scene)
    assert answer.status == (304 if scene == "unchanged" else 200)
    if answer.body:
        found = read_ranking(answer.body, "tv" if scene.startswith("shows") else "movie")
        assert (len(found.rows), found.rejected, found.problem) == (3, {}, None)
        assert all(row.watchers for row in found.rows)


@pytest.mark.parametrize(
    ("scene", "polls"),
    [("sign_in_and_out", [Poll.PENDING]), ("refused_by_its_user", [Poll.REFUSED]), ("refresh_in_vain", [])],
)
def test_the_calls_of_a_sign_in_are_those_on_record(source_url: str, scene: str, polls: list[Poll]) -> None:
    assert play_sign_in(source_url, scene) == polls


@pytest.mark.parametrize(
    "changed",
    [
        {"client_secret": SecretStr("short")},
        {"client_id": SecretStr("another form")},
        {"contact": "nobody"},
    ],
    ids=str,
)
def test_a_changed_credential_is_not_on_record(source_url: str, changed: Mapping[str, object]) -> None:
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play_sign_in(source_url, "sign_in_and_out", replace(ACCESS, **changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("header", ["user-agent", "trakt-api-version", "content-type", "accept-encoding"])
def test_a_changed_header_is_not_on_record(source_url: str, header: str) -> None:
    client = client_of(source_url)
    client._http.headers[header] = "other"
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client, "movies_trending")


def test_a_request_with_a_users_token_is_not_on_record(source_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    signed = ClientId.signed

    async def as_a_user(self: ClientId, request: httpx.Request) -> httpx.Request:
        return SignedRequest(await signed(self, request), headers={"authorization": "Bearer token"})

    monkeypatch.setattr(ClientId, "signed", as_a_user)
    with pytest.raises(CannotOverwriteExistingCassetteException):
        play(client_of(source_url), "movies_trending")


def test_every_scene_is_on_record_and_nothing_else_and_none_holds_a_secret() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == {*SCENES, *SIGN_INS}
    for path in FOLDER.iterdir():
        text = path.read_text(encoding="utf-8")
        assert "uri: https://trakt.invalid/" in text
        for shown in ("127.0.0.1", "localhost", "authorization", "catalog-platform"):
            assert shown not in text


def test_what_is_on_record_of_a_sign_in_names_what_is_sent_and_hides_it() -> None:
    text = (FOLDER / "sign_in_and_out.yaml").read_text(encoding="utf-8")
    assert text.count("trakt-api-key:\n      - hidden") == 5
    for sent in (
        {"client_id": "hidden"},
        {"code": "hidden-device-code", "client_id": "hidden", "client_secret": "hidden"},
        {"token": "hidden-access-token", "client_id": "hidden", "client_secret": "hidden"},
    ):
        assert orjson.dumps(sent).decode() in text.replace("\n     ", "")
