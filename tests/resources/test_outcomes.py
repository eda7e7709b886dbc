"""What is read off an answer: how long a 429 asks to wait, what of its headers is kept, what a broken body means."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import UTC, datetime

import httpx
import psycopg
import pytest
import stamina
from pydantic import SecretStr

from resources.client import Answer
from resources.errors import PermanentServiceError, ServiceUnreachable
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.outcomes import clock_difference, retry_after, served_at

NOON = "Sat, 21 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": "0"}, 1.0),
        ({"retry-after": "Sat, 21 Nov 2026 12:00:30 GMT", "date": NOON}, 30.0),
        ({"retry-after": "Sat, 21 Nov 2026 11:00:00 GMT", "date": NOON}, 1.0),
        ({"retry-after": "soon"}, 1.0),
        ({"retry-after": "-5"}, 1.0),
        ({}, 1.0),
    ],
)
def test_a_429_is_waited_out_as_it_says_and_for_an_interval_at_least(headers: dict[str, str], seconds: float) -> None:
    assert retry_after(httpx.Headers(headers), least=1.0) == seconds


def test_the_clocks_difference_is_told_where_the_answer_has_a_date() -> None:
    assert "differs from the service's by" in clock_difference(httpx.Headers({"date": NOON}))
    assert clock_difference(httpx.Headers()) == ""


@pytest.mark.parametrize(
    ("date", "at"),
    [
        (NOON, datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 17:30:00 +0530", datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("Sat, 21 Nov 2026 12:00:00 -0000", datetime(2026, 11, 21, 12, tzinfo=UTC)),
        ("noon", None),
        ("", None),
    ],
)
def test_when_an_answer_left_is_read_of_its_date(date: str, at: datetime | None) -> None:
    assert served_at(httpx.Headers({"date": date})) == at


def asked_of(source_url: str, answers: Callable[[httpx.Request], httpx.Response], times: int = 1) -> list[Answer]:
    async def ask() -> list[Answer]:
        async with HotstarClient(
            base_url="https://hotstar.invalid",
            partner_id="partner",
            akamai_secret=SecretStr("ab" * 32),
            source_url=SecretStr(source_url),
            pace=replace(HOTSTAR_PACE, interval_s=0.0),
            transport=httpx.MockTransport(answers),
        ) as client:
            return [await client.get("/movie/search", {}) for _ in range(times)]

    return asyncio.run(ask())


def test_a_compressed_body_is_kept_decompressed_and_logged_as_transferred(source_url: str) -> None:
    packed = gzip.compress(b"[" + b"1," * 999 + b"1]")
    (answer,) = asked_of(
        source_url, lambda _: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=_Stream(packed))
    )
    assert answer.body == gzip.decompress(packed)
    with psycopg.connect(source_url) as connection:
        assert connection.execute("SELECT bytes FROM ops.api_calls").fetchone() == (len(packed),)


def test_a_body_that_cannot_be_decompressed_is_a_broken_connection(source_url: str) -> None:
    def broken(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=_Stream(b"no gzip at all"))

    with stamina.set_testing(True, attempts=2), pytest.raises(ServiceUnreachable, match="DecodingError"):
        asked_of(source_url, broken)


def test_a_cookie_is_not_sent_back(source_url: str) -> None:
    cookies: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("cookie"))
        return httpx.Response(200, headers={"set-cookie": "session=1"}, json={})

    asked_of(source_url, answer, times=2)
    assert cookies == [None, None]


def test_a_redirect_is_not_followed(source_url: str) -> None:
    with pytest.raises(PermanentServiceError, match="HTTP 302"):
        asked_of(source_url, lambda _: httpx.Response(302, headers={"location": "https://elsewhere.invalid/"}))


def test_a_refusal_that_repeats_the_token_is_told_without_it(source_url: str) -> None:
    with pytest.raises(PermanentServiceError) as refused:
        asked_of(source_url, lambda request: httpx.Response(400, text=f"bad header hdnea: {request.headers['hdnea']}"))
    assert "bad header" in str(refused.value)
    assert "hmac" not in str(refused.value)


class _Stream(httpx.AsyncByteStream):
    """Bytes as a network brings them: not decoded before they are read."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self._content
