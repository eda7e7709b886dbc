"""Faults that a test injects into coming requests, and how each one spoils an answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import orjson

from sandbox.requests import Asked, Reply, Service

Spoilt = Literal["cut", "empty", "html", "items_object", "total_text", "body_null", "array"]

_HTML = b"<!DOCTYPE html><html><head><title>Gateway</title></head><body><h1>Please try again</h1></body></html>"


@dataclass(frozen=True, slots=True)
class Match:
    """Which requests are meant: those for a path, if one is named, that carry every parameter named."""

    path: str | None = None
    params: Mapping[str, str] = field(default_factory=dict)

    def fits(self, asked: Asked) -> bool:
        """Say whether a request is meant."""
        if self.path is not None and self.path != asked.path:
            return False
        return all(asked.values(name) == [value] for name, value in self.params.items())


@dataclass(slots=True)
class Fault:
    """What happens to the matching requests."""

    match: Match
    times: int | None
    """How many requests it still hits; None: all of them until a reset."""
    skip: int
    """How many matching requests pass unharmed first."""
    status: int | None
    retry_after: str | None
    seconds: float | None
    """From arrival to the first byte, in place of the usual latency."""
    body: Spoilt | None
    sent_part: float | None
    without: tuple[str, ...] = ()
    """Members left out of the answer's object: how a block that was to be appended goes missing."""


class Faults:
    """The faults in force, in the order they were injected; one request meets at most one."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, fault: Fault) -> None:
        """Put a fault in force."""
        self._waiting.append(fault)

    def reset(self) -> None:
        """Withdraw every fault."""
        self._waiting.clear()

    def take(self, asked: Asked) -> Fault | None:
        """Return the fault that hits a request, and count it down."""
        for fault in self._waiting:
            if not fault.match.fits(asked):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            return fault
        return None


def failing(fault: Fault, service: Service) -> Reply | None:
    """Return the error answered in place of a page, or None if the page is made and then spoilt."""
    if fault.status is None:
        return None
    reply = service.fail(fault.status, "Injected by the sandbox.")
    if fault.retry_after is not None:
        reply.headers["retry-after"] = fault.retry_after
    return spoil(reply, fault)


def spoil(reply: Reply, fault: Fault) -> Reply:
    """Return the reply as the fault leaves it."""
    if fault.seconds is not None:
        reply.seconds = fault.seconds
    reply.sent_part = fault.sent_part
    if fault.without and reply.body:
        whole = orjson.loads(reply.body)
        reply.body = orjson.dumps({name: part for name, part in whole.items() if name not in fault.without})
    if fault.body == "cut":
        reply.body = reply.body[: len(reply.body) * 2 // 3]
    elif fault.body == "empty":
        reply.body = b""
    elif fault.body == "html":
        reply.body, reply.media_type = _HTML, "text/html"
    elif fault.body is not None:
        reply.body = _wrong_type(reply.body, fault.body)
    return reply


def _wrong_type(body: bytes, wrong: Spoilt) -> bytes:
    if wrong == "array":
        return b"[" + body + b"]"
    if wrong == "body_null":
        return orjson.dumps({"body": None, "statusCode": "OK", "statusCodeValue": 200})
    results = orjson.loads(body)["body"]["results"]
    if wrong == "items_object":
        results["items"] = {str(place): item for place, item in enumerate(results["items"])}
    else:
        results["totalResults"] = f"about {results['totalResults']}"
    return orjson.dumps({"body": {"results": results}, "statusCode": "OK", "statusCodeValue": 200})
