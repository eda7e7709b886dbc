"""The client of the hosts of pictures: what is a picture, what is tried again, what is logged."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import stamina

from resources.errors import NotAnImage, PermanentServiceError, ServiceBusy, ServiceError, ServiceUnreachable
from resources.images import ATTEMPTS, MOST_BYTES, ImageClient, Picture, wait_of

POSTER = "https://image.tmdb.org/t/p/w342/a.jpg"
VIDEO = "https://img.youtube.com/vi/abc/maxresdefault.jpg"
JPEG = b"\xff\xd8\xff\xe0 and so on"
BODIES = {
    "image/jpeg": JPEG,
    "image/png": b"\x89PNG\r\n\x1a\n and so on",
    "image/webp": b"RIFF\x00\x00\x00\x00WEBP and so on",
}

Handler = Callable[[httpx.Request], httpx.Response]


@pytest.fixture(autouse=True)
def without_waiting() -> Iterator[None]:
    with stamina.set_testing(True, attempts=ATTEMPTS, cap=True):
        yield


class Asked:
    """A client whose host is a function; what it waited for is noted."""

    def __init__(self, handler: Handler, *, base_url: str | None = None) -> None:
        self.requests: list[httpx.Request] = []
        self.waited: list[float] = []

        def answer(request: httpx.Request) -> httpx.Response:
            self.requests.append(request)
            return handler(request)

        async def sleep(seconds: float) -> None:
            self.waited.append(seconds)
            self.client._rests.clear()

        self.client = ImageClient(base_url=base_url, transport=httpx.MockTransport(answer), sleep=sleep)

    def get(self, url: str = POSTER, etag: str | None = None) -> Picture | None:
        return asyncio.run(self.client.get(url, etag=etag))


def replying(*replies: httpx.Response) -> Handler:
    left = iter(replies)
    return lambda _: next(left)


@pytest.mark.parametrize("kind", BODIES)
def test_a_picture_is_what_its_first_bytes_say(kind: str) -> None:
    reply = httpx.Response(200, content=BODIES[kind], headers={"content-type": "text/plain", "etag": '"1"'})
    assert Asked(replying(reply)).get() == Picture(BODIES[kind], kind, '"1"')


@pytest.mark.parametrize("body", [b"", b"<!DOCTYPE html>", b"GIF89a", b"\xff\xd8", b"RIFF1234WAVE"])
def test_what_is_no_picture_is_refused_with_its_beginning(body: bytes) -> None:
    with pytest.raises(NotAnImage, match="is no picture"):
        Asked(replying(httpx.Response(200, content=body))).get()


def test_what_is_too_large_is_not_read_to_its_end() -> None:
    read: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            read.append(1)
            yield b"\xff" * 1_000_000

    with pytest.raises(NotAnImage, match="more than"):
        Asked(replying(httpx.Response(200, content=endless()))).get()
    assert len(read) == MOST_BYTES // 1_000_000 + 1


def test_what_is_known_by_its_tag_is_none_and_a_304_unasked_for_is_an_error() -> None:
    asked = Asked(replying(httpx.Response(304), httpx.Response(304)))
    assert asked.get(etag='"1"') is None
    assert asked.requests[0].headers["if-none-match"] == '"1"'
    with pytest.raises(PermanentServiceError):
        asked.get()


def test_a_host_that_breaks_is_tried_again_and_then_unreachable() -> None:
    asked = Asked(replying(httpx.Response(503), httpx.Response(200, content=JPEG)))
    assert asked.get() is not None
    down = Asked(lambda _: httpx.Response(502))
    with pytest.raises(ServiceUnreachable, match="502"):
        down.get()
    assert len(down.requests) == ATTEMPTS


@pytest.mark.parametrize("status", [301, 403, 404, 410])
def test_what_asking_again_would_not_change_is_asked_once(status: int) -> None:
    asked = Asked(lambda _: httpx.Response(status, headers={"location": "https://elsewhere.example"}))
    with pytest.raises(PermanentServiceError, match=str(status)):
        asked.get()
    assert len(asked.requests) == 1


def test_a_429_is_waited_for_as_long_as_the_host_says() -> None:
    busy = httpx.Response(429, headers={"retry-after": "7"})
    asked = Asked(replying(busy, httpx.Response(200, content=JPEG)))
    assert asked.get() is not None
    assert asked.waited == [pytest.approx(7, abs=0.1)]


def test_after_a_429_everybody_waits_and_no_other_host_is_held_up() -> None:
    busy = httpx.Response(429, headers={"retry-after": "600"})
    asked = Asked(replying(busy, httpx.Response(200, content=JPEG)))
    with pytest.raises(ServiceBusy) as refused:
        asked.get()
    assert wait_of(refused.value) == 600
    with pytest.raises(ServiceBusy) as refused:
        asked.get()
    assert wait_of(refused.value) == pytest.approx(600, abs=1)
    assert len(asked.requests) == 1
    assert asked.get(VIDEO) is not None
    assert asked.waited == []


@pytest.mark.parametrize("url", ["https://elsewhere.example/t/p/w342/a.jpg", "http://image.tmdb.org/t/p/w342/a.jpg"])
def test_no_other_host_is_asked(url: str) -> None:
    asked = Asked(replying())
    with pytest.raises(ServiceError, match="no host of pictures"):
        asked.get(url)
    assert asked.requests == []


def test_a_sandbox_is_asked_in_place_of_every_host() -> None:
    asked = Asked(lambda _: httpx.Response(200, content=JPEG), base_url="http://127.0.0.1:8089")
    for url in (POSTER, VIDEO):
        asked.get(url)
    assert [str(each.url) for each in asked.requests] == [
        "http://127.0.0.1:8089/t/p/w342/a.jpg",
        "http://127.0.0.1:8089/vi/abc/maxresdefault.jpg",
    ]


def test_every_attempt_is_logged_without_the_pictures_name() -> None:
    asked = Asked(replying(httpx.Response(503), httpx.Response(200, content=JPEG), httpx.Response(404)))
    asked.client.tell_time(datetime(2026, 11, 22, tzinfo=UTC))
    asked.get()
    with pytest.raises(PermanentServiceError):
        asked.get(VIDEO)
    calls = asked.client.take_calls()
    assert [
        (call["service"], call["endpoint"], call["status"], call["attempt"], call["failure"]) for call in calls
    ] == [
        ("tmdb_images", "/t/p/w342", 503, 1, "HTTP 503"),
        ("tmdb_images", "/t/p/w342", 200, 2, None),
        ("youtube_images", "/vi/…/maxresdefault.jpg", 404, 1, "HTTP 404"),
    ]
    assert calls[0]["request_id"] == calls[1]["request_id"] != calls[2]["request_id"]
    assert all(call["sent_at"].startswith("2026-11-22T00:00:0") for call in calls)
    assert asked.client.take_calls() == []
