"""The client of the hosts of pictures, TMDB's and YouTube's: many at once, no credential, outside the API's pace.

An answer is the bytes of a picture, known by its first bytes; anything else is refused. It never follows a redirect.
"""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

import httpx
import stamina

from resources.errors import NotAnImage, PermanentServiceError, ServiceBusy, ServiceError, ServiceUnreachable
from resources.outcomes import retry_after

AT_ONCE = 16
"""Requests under way at once, fewer than the 20 connections that client authors keep to (contract: TMDB, section 1)."""

MOST_BYTES = 10_000_000
"""A hundred times what pictures of these sizes have: so much of each may stand in memory."""

ATTEMPTS = 3
"""Tries at one picture in a run; a later run tries again."""

LONGEST_REST_S = 60.0
"""A host that asks for a longer rest is left alone until a later run."""

TIMEOUT_S = 60.0
"""For a whole answer."""

TMDB_HOST = "image.tmdb.org"
YOUTUBE_HOST = "img.youtube.com"
_SERVICES = {TMDB_HOST: "tmdb_images", YOUTUBE_HOST: "youtube_images"}
"""By host, how the log of calls names the service."""

_KINDS = ((b"\xff\xd8\xff", "image/jpeg"), (b"\x89PNG\r\n\x1a\n", "image/png"))


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it came.

    Attributes:
        body: its bytes.
        content_type: by its first bytes, whatever the host says.
        etag: the host's mark of this version, or None.
    """

    body: bytes
    content_type: str
    etag: str | None


class _TooFastError(ServiceBusy):
    """A 429; `wait_s` is how long the host asks to wait."""

    wait_s = 0.0


class ImageClient:
    """Asks for pictures; an async context manager, for one run.

    Args:
        base_url: asked in place of every host, as `http://127.0.0.1:8089`: a sandbox plays them all. None: the hosts.
        transport: what carries the requests; httpx's own if left out.
        sleep: waits so many seconds.
    """

    def __init__(
        self,
        *,
        base_url: str | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
        self._http = httpx.AsyncClient(
            transport=transport or httpx.AsyncHTTPTransport(limits=limits),
            timeout=httpx.Timeout(TIMEOUT_S, connect=10.0),
            headers={"accept": "image/*", "accept-encoding": "identity", "user-agent": "catalog-platform"},
        )
        self._base_url = base_url
        self._sleep = sleep
        self._rests: dict[str, float] = {}
        self._calls: list[dict[str, Any]] = []
        self._time: tuple[datetime, float] | None = None
        self.received_bytes = 0

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    def tell_time(self, now: datetime) -> None:
        """Say what the database's clock shows: calls are logged by it."""
        self._time = (now, time.monotonic())

    def take_calls(self) -> list[dict[str, Any]]:
        """The attempts since this was last asked, as rows of `ops.api_calls` without run and asset."""
        taken, self._calls = self._calls, []
        return taken

    async def get(self, url: str, *, etag: str | None = None) -> Picture | None:
        """Ask for a picture.

        Args:
            url: of one of the two hosts.
            etag: of the version that is known; if that is still the present one, the result is None.

        Raises:
            NotAnImage: what came is no JPEG, PNG or WebP, or larger than `MOST_BYTES`.
            PermanentServiceError: 404 and its like, or no host of pictures.
            ServiceUnreachable, ServiceBusy: the bounded retries are used up.
        """
        try:
            asked = httpx.URL(url)
        except httpx.InvalidURL as invalid:
            raise PermanentServiceError(f"An image's address is none ({invalid}).", "images") from invalid
        service = _SERVICES.get(asked.host)
        if service is None or asked.scheme != "https":
            raise PermanentServiceError(f"{url} is on no host of pictures that is known.", "images", asked.path)
        if self._base_url is not None:
            asked = httpx.URL(self._base_url).join(asked.path)
        call = _Call(service, _endpoint(asked.path), url, asked, etag, secrets.token_hex(4))
        async for attempt in stamina.retry_context(
            _backoff, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                return await self._attempt(call, attempt.num)
        raise AssertionError("a retry ends by returning or raising")

    async def _attempt(self, call: "_Call", number: int) -> Picture | None:
        await self._rested(call.service)
        began, sent_at = time.monotonic(), self._now()
        status, received, failure = None, 0, None
        try:
            async with asyncio.timeout(TIMEOUT_S):
                headers = {} if call.etag is None else {"if-none-match": call.etag}
                async with self._http.stream("GET", call.address, headers=headers) as response:
                    status = response.status_code
                    body = await _read(response, call) if status == 200 else b""
                    received = response.num_bytes_downloaded
            return self._judged(call, response, body, number)
        except (TimeoutError, httpx.TransportError, httpx.DecodingError) as broken:
            failure = "timeout" if isinstance(broken, TimeoutError | httpx.TimeoutException) else type(broken).__name__
            raise ServiceUnreachable(
                f"{call.service} can't be reached for {call.url} ({failure}).", call.service, call.endpoint
            ) from broken
        except ServiceError as refused:
            failure = f"HTTP {refused.status}" if refused.status is not None else "no picture"
            raise
        finally:
            self.received_bytes += received
            self._calls.append(
                {
                    "service": call.service,
                    "endpoint": call.endpoint,
                    "sent_at": sent_at,
                    "status": status,
                    "ms": round((time.monotonic() - began) * 1000),
                    "bytes": received,
                    "attempt": number,
                    "failure": failure,
                    "request_id": call.request_id,
                }
            )

    def _judged(self, call: "_Call", response: httpx.Response, body: bytes, number: int) -> Picture | None:
        status, named = response.status_code, (call.service, call.endpoint, response.status_code)
        if status == 200:
            return Picture(body, content_type(body, call.url), response.headers.get("etag"))
        if status == 304 and call.etag is not None:
            return None
        if status == 429:
            busy = _TooFastError(f"{call.service} answers 429 to {call.url}.", *named)
            busy.wait_s = retry_after(response.headers, least=float(2 ** (number - 1)))
            self._rests[call.service] = time.monotonic() + busy.wait_s
            raise busy
        if status >= 500:
            raise ServiceUnreachable(f"{call.service} answers {status} to {call.url}.", *named)
        raise PermanentServiceError(f"{call.service} answers {status} to {call.url}.", *named)

    async def _rested(self, service: str) -> None:
        """Waits out what a host asked for, which everybody's requests to it do."""
        while (left := self._rests.get(service, 0.0) - time.monotonic()) > 0:
            if left > LONGEST_REST_S:
                busy = _TooFastError(f"{service} wants no request for {left:.0f} s.", service)
                busy.wait_s = left
                raise busy
            await self._sleep(left)

    def _now(self) -> str | None:
        if self._time is None:
            return None
        at, monotonic = self._time
        return (at + timedelta(seconds=time.monotonic() - monotonic)).isoformat()


@dataclass(frozen=True, slots=True)
class _Call:
    """A request: what is asked (`url`), and where it is asked (`address`)."""

    service: str
    endpoint: str
    url: str
    address: httpx.URL
    etag: str | None
    request_id: str


def content_type(body: bytes, url: str) -> str:
    """What a picture is by its first bytes.

    Raises:
        NotAnImage: it is no JPEG, PNG or WebP.
    """
    for begins, kind in _KINDS:
        if body.startswith(begins):
            return kind
    if body[:4] == b"RIFF" and body[8:12] == b"WEBP":
        return "image/webp"
    raise NotAnImage(f"{url} is no picture: it begins with {body[:12]!r}.", "images")


def wait_of(error: ServiceError) -> float:
    """Seconds that a host asked to wait; 0 if it did not."""
    return error.wait_s if isinstance(error, _TooFastError) else 0.0


async def _read(response: httpx.Response, call: _Call) -> bytes:
    pieces, size = [], 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > MOST_BYTES:
            raise NotAnImage(f"{call.url} has more than {MOST_BYTES:,} bytes.", call.service, call.endpoint)
        pieces.append(piece)
    return b"".join(pieces)


def _endpoint(path: str) -> str:
    """A path without what names the picture, so that the log can be counted by it."""
    folder, _, name = path.rpartition("/")
    return f"{folder.rpartition('/')[0]}/…/{name}" if path.startswith("/vi/") else folder


def _backoff(error: Exception) -> bool | float:
    """How stamina retries: what a 429 delays waits before its next attempt, jitter spaces what the network broke."""
    if isinstance(error, _TooFastError):
        return 0.0 if error.wait_s <= LONGEST_REST_S else False
    return isinstance(error, ServiceUnreachable)
