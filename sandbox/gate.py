"""The door of every service: when a request arrived, whether it may pass, and how its answer leaves."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Executor
from email.utils import formatdate
from urllib.parse import parse_qsl

from starlette.types import Receive, Scope, Send

from sandbox.requests import Asked, Reply
from sandbox.world import World

Drop = Callable[[Scope], None]
"""Closes the connection that a request came in on."""


class Gate:
    """An ASGI application for all simulated services.

    Arrival is judged on the event loop and answers are made on one other thread: were they made on the loop, a large
    page would delay the arrival of the request behind it, and the limiter would find it too close to the next.
    """

    def __init__(self, world: World, worker: Executor, drop: Drop) -> None:
        self._world = world
        self._worker = worker
        self._drop = drop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        arrived = time.monotonic()
        body = b"" if scope["method"] == "GET" else await _body(receive)
        asked = Asked(scope["method"], scope["path"], _params(scope), _headers(scope), arrived, body)
        service = self._world.service_for(asked.path)
        early = service.limiter.wait(arrived)
        if early > 0:
            reply = self._world.refuse(service, asked, early)
        else:
            loop = asyncio.get_running_loop()
            reply = await loop.run_in_executor(self._worker, self._world.respond, service, asked)
        left = arrived + reply.seconds - time.monotonic()
        if left > 0:
            await asyncio.sleep(left)
        await self._send(reply, scope, receive, send)

    async def _send(self, reply: Reply, scope: Scope, receive: Receive, send: Send) -> None:
        body = reply.body
        headers = {
            "date": formatdate(usegmt=True),
            "content-type": reply.media_type,
            "content-length": str(len(body)),
            **reply.headers,
        }
        start = {
            "type": "http.response.start",
            "status": reply.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
        if reply.sent_part is None:
            await send(start)
            await send({"type": "http.response.body", "body": body})
            return
        if reply.sent_part > 0:
            await send(start)
            sent = body[: int(len(body) * reply.sent_part)]
            await send({"type": "http.response.body", "body": sent, "more_body": True})
        self._drop(scope)
        while (await receive())["type"] != "http.disconnect":
            pass


async def _body(receive: Receive) -> bytes:
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body", False):
            return b"".join(parts)


def _params(scope: Scope) -> tuple[tuple[str, str], ...]:

    return tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
