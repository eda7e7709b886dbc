"""One try at a request, and what its outcome means: success, retry, rest or a permanent error.

Nothing is sent from here, and nothing waited for: that is `resources.transport`.
"""

import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from resources.errors import PermanentServiceError, ServiceBusy, ServiceUnreachable
from resources.logs import redacted
from resources.pace import Outcome, ServicePace, Slot

_ADVICE = {
    404: "The path or the base address is wrong: check the service's base URL in the environment.",
}

_OTHERWISE = "Asking again brings the same: compare the request with the service's contract."

_UNKEPT_HEADERS = {"content-encoding", "content-length", "set-cookie"}
"""The body is decompressed by then; a cookie would make one request depend on another."""


@dataclass(slots=True)
class Call:
    """One request through all its attempts.

    Attributes:
        service: whose it is.
        endpoint: path, without parameters.
        cost: units of the service's budgets that an attempt takes.
        tries: how often it may be sent.
        conditional: it names the version that is known (If-None-Match), so that a 304 answers it.
        request_id: shared by its attempts and their log lines.
        attempts: made so far.
        refused: of them, answered 429.
        waited_s: seconds that its attempts waited before they were sent.
    """

    service: str
    endpoint: str
    cost: int
    tries: int
    conditional: bool = False
    request_id: str = field(default_factory=lambda: secrets.token_hex(4))
    attempts: int = 0
    refused: int = 0
    waited_s: float = 0.0


@dataclass(slots=True)
class Attempt:
    """One try: the slot it goes in, and what came of it.

    Attributes:
        began: monotonic seconds when it was begun.
        slot: what was taken for it.
        generation: of the credential that it carries.
        sent: monotonic seconds when it was sent; None if it never left.
        sent_at: the same by the database's clock.
        received_at: when the last byte was here, by the database's clock.
        took_s: seconds from send to last byte, or to the failure.
        status: None if no answer came.
        headers: of the answer.
        body: of the answer, decompressed.
        transferred: bytes of it on the way.
        failure: why there is no answer to keep, or why a rest begins.
    """

    began: float
    slot: Slot
    generation: int = 0
    sent: float | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    took_s: float = 0.0
    status: int | None = None
    headers: httpx.Headers = field(default_factory=httpx.Headers)
    body: bytes = b""
    transferred: int = 0
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer came; in a response's extensions as `delivery`. Times are UTC, by the database's clock."""

    sent_at: datetime
    received_at: datetime
    attempts: int
    waited_s: float


def outcome(call: Call, tried: Attempt, described: ServicePace) -> tuple[Outcome, float | None]:
    """What an attempt means for everybody's pace, and the seconds to wait after a 429; writes `failure`, `refused`."""
    if tried.status is None:
        # A probe that found nobody has failed; any other broken connection is tried again without a rest.
        if tried.failure == "timeout" or tried.slot.probe:
            return "outage", None
        return ("unsent" if tried.sent is None else "ok"), None
    if tried.status == 429:
        tried.failure = "HTTP 429"
        call.refused += 1
        is_of_gateway = tried.headers.get("content-type", "").startswith("text/html")
        first_s = max(described.busy_s, described.gateway_s if is_of_gateway else 0.0)
        least = max(described.interval_s, first_s * 2 ** (call.refused - 1))
        return "busy", retry_after(tried.headers, least=least)
    if tried.status >= 500:
        tried.failure = f"HTTP {tried.status}"
        return "outage", None
    if tried.took_s > described.slow_s:
        tried.failure = f"slow: {tried.took_s:.1f} s"
        return "outage", None
    return "ok", None


def judged(call: Call, tried: Attempt, likely_causes: str) -> httpx.Response | None:
    """An answer to return, or None to try again after the rest that was begun.

    Args:
        call: the request through all its attempts.
        tried: its newest attempt.
        likely_causes: what a person looks at when the service refuses the credential.

    Raises:
        ServiceUnreachable, ServiceBusy: to be tried again, a bounded number of times.
        PermanentServiceError: the service will answer the same again.
    """
    status = tried.status
    if tried.failure == "timeout" or (status is not None and status >= 500):
        return None
    if status is None or tried.sent_at is None or tried.received_at is None:
        raise ServiceUnreachable(
            f"{call.service} can't be reached for {call.endpoint} ({tried.failure}): check the address and the "
            "network, then run again; what was fetched is kept.",
            call.service,
            call.endpoint,
        )
    if status == 429:
        raise ServiceBusy(
            f"{call.service} keeps answering 429 to {call.endpoint}: another program uses the same credentials. "
            "Stop it or wait, then run again.",
            call.service,
            call.endpoint,
            status,
        )
    if 200 <= status < 300 or (status == 304 and call.conditional):
        return httpx.Response(
            status,
            headers=[(name, value) for name, value in tried.headers.multi_items() if name not in _UNKEPT_HEADERS],
            content=tried.body,
            extensions={"delivery": Delivery(tried.sent_at, tried.received_at, call.attempts, call.waited_s)},
        )
    refused = PermanentServiceError(
        f"{call.service} refuses {call.endpoint} with HTTP {status}: "
        # Cut last: a credential that was cut in two would not be known as one.
        f"{redacted(tried.body.decode('utf-8', 'replace'))[:200] or 'no reason given'}. "
        + (f"Likely causes: {likely_causes}." if status in {401, 403} else _ADVICE.get(status, _OTHERWISE)),
        call.service,
        call.endpoint,
        status,
    )
    refused.body = tried.body
    raise refused


def retry_after(headers: httpx.Headers, *, least: float) -> float:
    """Seconds that a 429 asks to wait, given as a number or a date; at least the service's interval."""
    text = headers.get("retry-after", "").strip()
    if text.isdigit():
        return max(least, float(text))
    try:
        at = parsedate_to_datetime(text)
        since = parsedate_to_datetime(headers["date"]) if "date" in headers else datetime.now(UTC)
        return max(least, (at - since).total_seconds())
    except (ValueError, TypeError, OverflowError):
        # Neither a number nor a date: the service's own interval is what is known.
        return least


def clock_difference(headers: httpx.Headers) -> str:
    """What an answer's own date says about this machine's clock, for a person who looks for the cause of a 403."""
    at = served_at(headers)
    if at is None:
        return ""
    return f" (it differs from the service's by {abs((datetime.now(UTC) - at).total_seconds()):.0f} s)"


def served_at(headers: httpx.Headers) -> datetime | None:
    """When an answer left, by the service's own clock, to the second; None if it does not say."""
    try:
        at = parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError, OverflowError):
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
