"""A request and its reply, as every simulated service sees them."""

from dataclasses import dataclass, field
from typing import Protocol

import orjson

from sandbox.limits import Limiter


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; `arrived` is a monotonic second, taken before anything else is done."""

    method: str
    path: str
    params: tuple[tuple[str, str], ...]
    headers: dict[str, str] = field(repr=False)
    arrived: float
    body: bytes = field(default=b"", repr=False)
    """Of a request that is no GET."""

    def values(self, name: str) -> list[str]:
        """Return every value of a query parameter."""
        return [value for key, value in self.params if key == name]


@dataclass(slots=True)
class Reply:
    """What is sent back, when, and how the connection ends."""

    status: int
    body: bytes
    media_type: str = "application/json;charset=UTF-8"
    headers: dict[str, str] = field(default_factory=dict)
    items: int = 0
    credits: int = 0
    """What it cost, where a service counts that."""
    seconds: float = 0.0
    """From arrival to the first byte."""
    sent_part: float | None = None
    """Share of the body after which the connection breaks; 0: before the first byte of the answer; None: never."""


class Service(Protocol):
    """An upstream service: its limit, and its answers."""

    name: str

    @property
    def limiter(self) -> Limiter:
        """What admits its requests."""

    def claims(self, path: str) -> bool:
        """Say whether requests for this path are this service's."""

    def refuse(self, seconds: float) -> Reply:
        """Answer a request that came so many seconds too early."""

    def fail(self, status: int, message: str) -> Reply:
        """Answer with an error in the service's own form."""

    def answer(self, asked: Asked) -> Reply:
        """Answer a request that the limiter admitted."""


def refusal(status: int, message: str) -> Reply:
    """Return an error's reply."""
    return Reply(status, orjson.dumps({"message": message, "statusCode": _NAMES[status], "statusCodeValue": status}))


_NAMES = {
    400: "BAD_REQUEST",
    401: "UNAUTHORIZED",
    402: "PAYMENT_REQUIRED",
    403: "FORBIDDEN",
    404: "NOT_FOUND",
    405: "METHOD_NOT_ALLOWED",
    429: "TOO_MANY_REQUESTS",
    500: "INTERNAL_SERVER_ERROR",
    502: "BAD_GATEWAY",
    503: "SERVICE_UNAVAILABLE",
    504: "GATEWAY_TIMEOUT",
}
