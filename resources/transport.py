"""The one httpx transport through which every service is reached: slot, send, judge, log.

The design's section "Reaching a service" decides what is done here. What belongs to one service alone (paths, headers,
its credential) stands in that service's client.
"""

import asyncio
import logging
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpcore
import httpx
import stamina
import structlog

from resources.credentials import Credential
from resources.errors import PermanentServiceError, ServiceBusy, ServiceResting, ServiceUnreachable
from resources.outcomes import Attempt, Call, clock_difference, judged, outcome
from resources.pace import Pace

log = structlog.get_logger("resources.transport")

ATTEMPTS = 6
"""Tries at one request that is answered 429 or by the network's failing."""

TRIES = 12
"""Tries at one request whatever stops it, unless it says fewer."""

CONNECT_S = 10.0
"""Seconds to open a connection."""

OPEN_AHEAD_S = 1.0
"""A connection is sought this many seconds before its slot, so that opening one delays nobody."""


@dataclass(slots=True)
class Counts:
    """What a transport did so far.

    Attributes:
        requests: sent, retries included.
        refused: answered 429.
        failures: answered 5XX, slow, or not at all.
        received_bytes: of bodies, as transferred.
        slowest_s: from send to last byte.
        waited_s: waiting for slots and rests, summed over requests that wait at the same time.
        given_up: slots returned unused.
    """

    requests: int = 0
    refused: int = 0
    failures: int = 0
    received_bytes: int = 0
    slowest_s: float = 0.0
    waited_s: float = 0.0
    given_up: int = 0


class _MissedError(Exception):
    """A request was not sent: its slot was overtaken by a rest or goes by while a new token is on trial."""


httpcore.AsyncHTTP11Connection.READ_NUM_BYTES = 1024 * 1024
"""Bytes taken from a socket at once. A page has two megabytes; pieces of 64 kB, the default, cost a tenth more."""


@cache
def _trusted() -> ssl.SSLContext:
    """The authorities that a service's certificate is checked by; reading them takes 50 ms, so it is done once."""
    return httpx.create_ssl_context()


class PacedTransport(httpx.AsyncBaseTransport):
    """Carries requests at a service's pace, one slot an attempt, and raises a `ServiceError` for whatever is no answer.

    A request's extension `cost` gives its units, 1 if left out; `endpoint` what is logged in place of its path; `tries`
    how often it may be sent, `TRIES` if left out.
    Cancelling a request leaves nothing behind: an unsent slot passes, a probe's lease runs out.

    Over httpx's own transport a request waits for its slot when its connection stands, so that opening one makes it
    neither late nor close to the next. A transport given in its place is handed each request at its moment.
    """

    def __init__(
        self,
        *,
        pace: Pace,
        credential: Credential,
        inner: httpx.AsyncBaseTransport | None = None,
        run_id: str = "",
        asset: str = "",
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace = pace
        self._service = pace.description.service
        self._credential = credential
        # A common server closes what idles for five seconds; a request may hold a connection for SOON_S unsent.
        at_once = pace.description.at_once
        limits = httpx.Limits(max_connections=2 * at_once, max_keepalive_connections=at_once, keepalive_expiry=1.5)
        self._inner = inner or httpx.AsyncHTTPTransport(limits=limits, verify=_trusted())
        self._own = inner is None
        self._run_id = run_id
        self._asset = asset
        self._monotonic = monotonic
        self._places = asyncio.Semaphore(at_once)
        self._trial = asyncio.Lock()
        self._forbidden: str | None = None
        self._counts = Counts()

    @property
    def counts(self) -> Counts:
        """What was done so far."""
        self._counts.waited_s = self._pace.waited_s
        self._counts.given_up = self._pace.given_up
        return self._counts

    async def aclose(self) -> None:
        """Close the connections to the service."""
        await self._inner.aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request when its turn comes and return its answer, the body read whole.

        Raises:
            PermanentServiceError: the service will answer the same again.
            ServiceUnreachable, ServiceBusy: the bounded retries are used up.
            ServiceResting, BudgetSpent: see `Pace.take`.
        """
        call = Call(
            self._service,
            str(request.extensions.get("endpoint", request.url.path)),
            int(request.extensions.get("cost", 1)),
            int(request.extensions.get("tries", TRIES)),
            conditional="if-none-match" in request.headers,
        )
        with structlog.contextvars.bound_contextvars(request_id=call.request_id):
            async with self._places:
                response = await self._tried(request, call)
        # Its reader may parse megabytes, and the request that is due meanwhile would leave too late for its slot.
        await self._pace.calm()
        return response

    async def _tried(self, request: httpx.Request, call: Call) -> httpx.Response:
        """Try again, a bounded number of times, what the network broke or a 429 refused."""

        def again(error: Exception) -> bool | float:
            return call.attempts < call.tries and _backoff(error)

        async for attempt in stamina.retry_context(
            again, attempts=ATTEMPTS, timeout=None, wait_initial=0.5, wait_max=8.0
        ):
            with attempt:
                return await self._answer(request, call)
        raise AssertionError("a retry ends by returning or raising")

    async def _answer(self, request: httpx.Request, call: Call) -> httpx.Response:
        """Try until there is something to return or raise; rests are waited for in between."""
        while call.attempts < call.tries:
            tried = await self._attempt(request, call, on_trial=False)
            if tried.status == 403:
                tried = await self._again_with_new_credential(request, call, tried)
            if (answer := judged(call, tried, self._credential.likely_causes)) is not None:
                return answer
        raise ServiceResting(
            f"{self._service} gave no answer to {call.endpoint} in {call.tries} tries: see ops.api_calls, run again.",
            self._service,
            call.endpoint,
        )

    async def _again_with_new_credential(self, request: httpx.Request, call: Call, tried: Attempt) -> Attempt:
        """Answer a 403 with one new credential, tried by one request while every other waits for what becomes of it.

        Where there is no other credential, the 403 stands.
        """
        async with self._trial:
            self._refuse_if_forbidden(call)
            if tried.generation == self._credential.generation and not await self._credential.renew():
                return tried
            again = await self._attempt(request, call, on_trial=True)
            if again.status == 403:
                self._forbidden = clock_difference(again.headers)
                self._refuse_if_forbidden(call)
            return again

    def _refuse_if_forbidden(self, call: Call) -> None:
        if self._forbidden is not None:
            raise PermanentServiceError(
                f"{self._service} answers 403 to {call.endpoint}, also with a new token. Likely causes: "
                f"{self._credential.likely_causes}{self._forbidden}.",
                self._service,
                call.endpoint,
                403,
            )

    async def _attempt(self, request: httpx.Request, call: Call, *, on_trial: bool) -> Attempt:
        """One sending, reported and logged; slots that are missed on the way are taken anew."""
        while True:
            if not on_trial:
                async with self._trial:
                    self._refuse_if_forbidden(call)
            began = self._monotonic()
            slot = await self._pace.take(cost=call.cost)
            await self._pace.wait_until(slot.at, less_s=OPEN_AHEAD_S)
            tried = Attempt(began, slot)
            try:
                await self._send(request, tried, on_trial=on_trial)
            except _MissedError:
                continue
            await self._tell(call, tried)
            return tried

    async def _send(self, request: httpx.Request, tried: Attempt, *, on_trial: bool) -> None:
        """Send a request with the credential added last and read its answer whole; failures stand in `tried`."""
        loop, timeout_s = asyncio.get_running_loop(), self._pace.description.timeout_s
        leaving: list[asyncio.Task[None]] = []

        async def leave() -> None:
            deadline.reschedule(None)
            if not await self._pace.reach(tried.slot):
                raise _MissedError
            if not on_trial and (self._trial.locked() or self._forbidden is not None):
                await self._pace.give_up(tried.slot)
                raise _MissedError
            tried.sent, tried.sent_at = self._monotonic(), self._pace.clock.now()
            deadline.reschedule(loop.time() + timeout_s)

        async def leave_when_connected(event: str, _: dict[str, Any]) -> None:
            if event.endswith(".send_request_headers.started"):
                await leave()
            elif event.endswith(".send_request_headers.complete"):
                # Beside the answer, whose time it must not lengthen.
                leaving.append(asyncio.create_task(self._pace.left(tried.slot)))

        # What the client holds stays unsigned: httpx logs its address, and keeps it with answers and errors.
        outgoing = await self._credential.signed(request)
        tried.generation = self._credential.generation
        if self._own:
            outgoing.extensions["trace"] = leave_when_connected
        try:
            async with asyncio.timeout(CONNECT_S) as deadline:
                if not self._own:
                    await leave()
                response = await self._inner.handle_async_request(outgoing)
                try:
                    tried.body = await response.aread()
                finally:
                    await response.aclose()
                tried.status, tried.headers = response.status_code, response.headers
                tried.transferred = response.num_bytes_downloaded
        except (TimeoutError, httpx.TimeoutException):
            tried.failure = "timeout" if tried.sent is not None else "ConnectTimeout"
        except (httpx.TransportError, httpx.DecodingError) as broken:
            tried.failure = type(broken).__name__
        finally:
            if tried.sent is not None:
                tried.took_s = self._monotonic() - tried.sent
                tried.received_at = self._pace.clock.now()
            await asyncio.gather(*leaving)

    async def _tell(self, call: Call, tried: Attempt) -> None:
        """Report an attempt's outcome to every process, count it and log it."""
        call.attempts += 1
        call.waited_s += (tried.sent or self._monotonic()) - tried.began
        means, retry_after_s = outcome(call, tried, self._pace.description)
        await self._pace.report(tried.slot, means, reason=tried.failure, retry_after_s=retry_after_s)
        self._counts.refused += tried.status == 429
        self._counts.requests += tried.sent is not None
        self._counts.failures += tried.failure is not None and tried.status != 429
        self._counts.received_bytes += tried.transferred
        self._counts.slowest_s = max(self._counts.slowest_s, tried.took_s)
        facts = {
            "service": self._service,
            "endpoint": call.endpoint,
            "status": tried.status,
            "ms": round(tried.took_s * 1000),
            "bytes": tried.transferred,
            "attempt": call.attempts,
            "failure": tried.failure,
        }
        await self._pace.run(
            "ops/log_call",
            {
                **facts,
                "sent_at": tried.sent_at,
                "request_id": call.request_id,
                "run_id": self._run_id,
                "asset": self._asset,
            },
        )
        worth_a_look = tried.failure is not None or tried.status is None or tried.status >= 400
        log.log(logging.WARNING if worth_a_look else logging.DEBUG, "called", **facts)


def _backoff(error: Exception) -> bool | float:
    """How stamina retries: the shared slot spaces what a 429 delays, jitter spaces what the network broke."""
    if isinstance(error, ServiceBusy):
        return 0.0
    return isinstance(error, ServiceUnreachable)
