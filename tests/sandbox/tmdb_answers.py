"""What the tests of TMDB share: an instant, and what an answer must be."""

from typing import Any

import httpx

from tests.sandbox_process import RunningSandbox

NOON = 1_795_262_400.0
"""2026-11-21 12:00 UTC."""


def at_noon(sandbox: RunningSandbox) -> None:
    """No limit, no latency, and a clock that stands at noon."""
    sandbox.control(do="pace", service="tmdb", rate=0, latency=0)
    sandbox.control(do="clock", set=NOON, stop=True)


def ok(reply: httpx.Response) -> dict[str, Any]:
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def refused(reply: httpx.Response, status: int, code: int) -> None:
    assert (reply.status_code, reply.json()["status_code"], reply.json()["success"]) == (status, code, False)
