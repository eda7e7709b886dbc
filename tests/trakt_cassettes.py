"""The exchanges with Trakt that `cassettes/` keeps: rankings, and each call by which a user signs in and out.

Addresses, the application's id and secret, codes, tokens and the contact are replaced before anything is kept or
compared. A request that lacks one of them, or has one in another place, is not the same on record.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import orjson
import pytest
from pydantic import SecretStr
from vcr.request import Request  # type: ignore[import-untyped]

from resources.client import Answer
from resources.errors import PermanentServiceError
from resources.trakt import TraktClient
from resources.trakt_sign_in import DeviceCode, Poll, Tokens, TraktSignInClient
from tests.cassettes import FOLDER as HOTSTAR_FOLDER
from tests.cassettes import HIDDEN, played

FOLDER = HOTSTAR_FOLDER.with_name("trakt")

_TOP = {"page": "1", "limit": "3"}

SCENES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "movies_trending": ("/movies/trending", _TOP),
    "movies_watched_daily": ("/movies/watched/daily", _TOP),
    "movies_watched_weekly": ("/movies/watched/weekly", _TOP),
    "shows_watched_daily": ("/shows/watched/daily", _TOP),
    "shows_watched_weekly": ("/shows/watched/weekly", _TOP),
    "unchanged": ("/movies/watched/daily", _TOP),
}
"""What is asked of the lists; `unchanged` twice, the second time naming the version."""

Decide = Callable[[DeviceCode, bool], None]
"""The user accepts a code, or refuses it."""

_ID = re.compile("[0-9a-f]{64}")
"""The application's id, and its secret."""
_AGENT = re.compile(r"catalog-platform/\d+\.\d+[\w.]* \((?:[^()\s]+@[^()\s]+|\+https?://[^()\s]+)\)")
_ISSUED = {
    "device_code": "hidden-device-code",
    "user_code": "HIDDEN",
    "access_token": "hidden-access-token",
    "refresh_token": "hidden-refresh-token",
}
"""What stands on record for each thing that Trakt issues, by its name in an answer."""
_SENT = {"code": "device_code", "token": "access_token", "refresh_token": "refresh_token"}
"""Which of them a call sends, by its name there. One that is sent in another's place is not found again."""


async def ask(client: TraktClient, scene: str) -> Answer:
    """Make a scene's requests; its last answer."""
    path, params = SCENES[scene]
    answer = await client.get(path, params)
    return await client.get(path, params, answer.etag) if scene == "unchanged" else answer


async def sign_in_and_out(client: TraktSignInClient, decide: Decide) -> list[Poll]:
    """A code, a poll before its user did anything, one after, a refresh, the end."""
    code = await client.device_code()
    first = await client.poll(code)
    decide(code, True)
    tokens = await client.poll(code)
    assert not isinstance(first, Tokens)
    assert isinstance(tokens, Tokens)
    renewed = await client.refresh(tokens.refresh_token)
    await client.revoke(renewed.access_token)
    return [first]


async def refused_by_its_user(client: TraktSignInClient, decide: Decide) -> list[Poll]:
    """A code, and a poll after its user refused."""
    code = await client.device_code()
    decide(code, False)
    answer = await client.poll(code)
    assert not isinstance(answer, Tokens)
    return [answer]


async def refresh_in_vain(client: TraktSignInClient, _: Decide) -> list[Poll]:
    """A refresh token that Trakt does not know."""
    with pytest.raises(PermanentServiceError) as refused:
        await client.refresh(SecretStr("0" * 64))
    assert refused.value.status == 400
    return []


SIGN_INS: Mapping[str, Callable[[TraktSignInClient, Decide], Awaitable[list[Poll]]]] = {
    "sign_in_and_out": sign_in_and_out,
    "refused_by_its_user": refused_by_its_user,
    "refresh_in_vain": refresh_in_vain,
}
"""What is asked of the sign-in; what the polls say that bring no tokens is returned."""


def cassette(scene: str, *, folder: Path = FOLDER, record: bool = False) -> Any:
    """The cassette of a scene, to be entered; played back unless it is recorded.

    Args:
        scene: a name of `SCENES` or `SIGN_INS`.
        folder: where it stands.
        record: write it anew.
    """
    path = folder / f"{scene}.yaml"
    return played(path, _request_without_what_differs, record=record, without_secrets=_answer_without_secrets)


def _request_without_what_differs(request: Request) -> Request | None:
    """Replace address, agent, id and the secrets of a body. What is missing or of another form is not found again.

    None for what is asked of the sandbox's own: the user is no part of an exchange.
    """
    parts = urlsplit(request.uri)
    if parts.path == "/_control":
        return None
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers["host"] = "trakt.invalid"
    headers.pop("content-length", None)
    if _AGENT.fullmatch(headers.get("user-agent", "")):
        headers["user-agent"] = HIDDEN
    if _ID.fullmatch(headers.get("trakt-api-key", "")):
        headers["trakt-api-key"] = HIDDEN
    uri = urlunsplit(("https", "trakt.invalid", parts.path, parts.query, ""))
    body = request.body
    if body:
        body = orjson.dumps({name: _kept(name, value) for name, value in orjson.loads(body).items()})
    return Request(request.method, uri, body, headers)


def _kept(name: str, value: str) -> str:
    if name in _SENT:
        return value if value in _ISSUED.values() else _ISSUED[_SENT[name]]
    return HIDDEN if name in {"client_id", "client_secret"} and _ID.fullmatch(value) else value


def _answer_without_secrets(body: bytes) -> bytes:
    if not body.startswith(b"{"):
        return body
    return orjson.dumps({name: _ISSUED.get(name, value) for name, value in orjson.loads(body).items()})
