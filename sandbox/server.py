"""The process: one socket on the loopback, one event loop, one worker thread, and an end without delay."""

import asyncio
import gc
import logging
import socket
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import FrameType

import psutil
import uvicorn
from starlette.types import Scope

from sandbox.app import build_app
from sandbox.world import World

HOST = "127.0.0.1"
_LOOK_EVERY = 0.5
"""Seconds between two looks at the parent process."""
_SWITCH_INTERVAL = 0.001
"""Seconds a busy worker thread may keep the event loop from noticing an arrival; Python's own default is 0.005."""


class _Server(uvicorn.Server):
    """A server that ends at the first signal, whatever answers are under way, and says when it is ready."""

    def __init__(self, config: uvicorn.Config, port: int, port_file: Path | None) -> None:
        super().__init__(config)
        self._port = port
        self._port_file = port_file

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        if self._port_file is not None:
            # Renamed into place: who waits for the file never reads half a number.
            written = self._port_file.with_name(self._port_file.name + ".new")
            written.write_text(f"{self._port}\n")
            written.rename(self._port_file)
        print(f"sandbox: http://{HOST}:{self._port}", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's signature
        self.end()

    def end(self) -> None:
        self.should_exit = True
        self.force_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # The answers that this cuts short are no errors to report.
        logging.getLogger("uvicorn.error").disabled = True
        self._close(None)
        await super().shutdown(sockets=sockets)

    def drop(self, scope: Scope) -> None:
        self._close(tuple(scope["client"]))

    def _close(self, client: tuple[str, int] | None) -> None:
        for connection in list(self.server_state.connections):
            if connection.transport is not None and client in (None, getattr(connection, "client", None)):
                connection.transport.close()


def listen(port: int) -> socket.socket:
    """Return a socket bound to the loopback; port 0 takes a free one.

    Raises:
        OSError: the port is in use.
    """
    # With the protocol named, asyncio turns off Nagle's delay; without it every small answer takes 40 ms.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((HOST, port))
    return bound


def serve(world: World, bound: socket.socket, *, port_file: Path | None, parent: psutil.Process | None) -> None:
    """Serve until a signal comes or the parent is gone."""
    sys.setswitchinterval(_SWITCH_INTERVAL)
    # What was made so far stays to the end: no collection needs to walk through it during a request.
    gc.collect()
    gc.freeze()
    asyncio.run(_serve(world, bound, port_file, parent))


async def _serve(world: World, bound: socket.socket, port_file: Path | None, parent: psutil.Process | None) -> None:
    with ThreadPoolExecutor(1, "world") as worker:
        config = uvicorn.Config(
            lambda: app,
            factory=True,
            log_level="error",
            access_log=False,
            lifespan="off",
            ws="none",
            backlog=2048,
            date_header=False,
        )
        server = _Server(config, bound.getsockname()[1], port_file)
        app = build_app(world, worker, server.drop)
        watch = asyncio.create_task(_end_with(parent, server)) if parent is not None else None
        await server.serve(sockets=[bound])
        if watch is not None:
            watch.cancel()


async def _end_with(parent: psutil.Process, server: _Server) -> None:
    while True:
        if not parent.is_running() or parent.status() == psutil.STATUS_ZOMBIE:
            server.end()
            return
        await asyncio.sleep(_LOOK_EVERY)
