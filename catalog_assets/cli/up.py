"""`catalog up`: the whole platform on one machine, until Ctrl-C.

It starts the embedded PostgreSQL, the sandbox where there are no credentials, and Dagster's code server, webserver and
daemon; it owns each of them and ends each of them.
"""

import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer
from rich.console import Console

from catalog_assets.cli.environment import platform, writable_home
from catalog_assets.cli.locks import UP, alone
from catalog_assets.cli.processes import kill_marked
from catalog_assets.cli.sandbox import recorded
from resources.embedded import EmbeddedServer
from resources.errors import AlreadyRunning, CatalogError
from resources.settings import load_settings


class Stop:
    """Set by the first SIGINT, SIGTERM or SIGHUP; a second signal no longer waits for anything to end well."""

    def __init__(self) -> None:
        self.asked = False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        """Answer a signal."""
        _ = number, frame
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Answer signals while the context lasts; children then begin with default handlers."""
        before = {number: signal.signal(number, self) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


@dataclass(frozen=True, slots=True)
class UpRecord:
    """What a `catalog up` leaves in its home: the next one ends what it left, a second one is told where it runs."""

    pid: int
    port: int
    mark: str


def up(
    port: Annotated[int, typer.Option(help="Port of the Dagster UI on 127.0.0.1.", min=1, max=65535)] = 3000,
    small: Annotated[bool, typer.Option("--small", help="A sandbox of a hundredth of the real size.")] = False,
) -> None:
    """Start everything and, the first time, load the catalogue; Ctrl-C ends every process."""
    if small:
        os.environ["SANDBOX_SCALE"] = "0.01"
    console = Console()
    stop = Stop()
    home = writable_home(load_settings())
    with stop.listening(), _only_one(home), ExitStack() as stack:
        _require_free(port)
        left = _read_record(home)
        if left is not None:
            kill_marked(left.mark)
        console.print("Starting PostgreSQL …" if load_settings().database_urls is None else "Reaching PostgreSQL …")
        ready = stack.enter_context(platform())
        _write_record(home, UpRecord(os.getpid(), port, ready.mark))
        stack.enter_context(recorded(home, ready.sandbox))
        console.print("Starting Dagster …")
        # Dagster takes a second to import: what can be refused was refused before, and other commands need none of it.
        from catalog_assets.cli.first_load import follow_first_load, follow_the_rest, taken_up  # noqa: PLC0415
        from catalog_assets.cli.servers import running_servers  # noqa: PLC0415

        servers = stack.enter_context(running_servers(ready, port, lambda: stop.asked, taken_up=taken_up(ready)))
        if not stop.asked:
            follow_first_load(ready, servers, console)
        if not stop.asked:
            _tell(console, servers.address, ready.sandbox is not None)
        follow = follow_the_rest(ready, console)

        def upkeep() -> None:
            _keep_up(ready.server, console)
            follow()

        servers.watch(upkeep)
        console.print("Ending every process …")


def _keep_up(server: EmbeddedServer | None, console: Console) -> None:
    if server is not None and server.revive():
        console.print("PostgreSQL had died and was started again; what was committed is there.")


@contextmanager
def _only_one(home: Path) -> Iterator[None]:
    with alone(home, UP) as is_alone:
        if not is_alone:
            record = _read_record(home)
            where = f" (process {record.pid}, http://127.0.0.1:{record.port})" if record else ""
            raise AlreadyRunning(
                f"A `catalog up` runs on {home} already{where}: use that one, end it with Ctrl-C, "
                f"or set CATALOG_HOME to another folder."
            )
        yield


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as refused:
            raise CatalogError(
                f"Port {port} can't be used ({refused.strerror}): end what listens there, "
                f"or choose another with `catalog up --port`."
            ) from refused


def _read_record(home: Path) -> UpRecord | None:
    try:
        return UpRecord(**json.loads((home / "up.json").read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None  # never started, or killed while it wrote: then nothing was started with that mark yet


def _write_record(home: Path, record: UpRecord) -> None:
    (home / "up.json").write_text(
        json.dumps({"pid": record.pid, "port": record.port, "mark": record.mark}), encoding="utf-8"
    )


def _tell(console: Console, address: str, simulated: bool) -> None:
    lines = [
        f"\nThe Dagster UI: {address}",
        f"  lineage        {address}/asset-groups",
        f"  films, checks  {address}/assets/hotstar/movies",
        f"  runs           {address}/runs",
        '  the tables     eval "$(catalog env)"; psql "$SOURCE_DATABASE_URL" -c "TABLE hotstar_sync_log"',
    ]
    if simulated:
        lines.append(
            "No credentials are set: what you see comes from the sandbox. `.env.example` tells how to set them."
        )
    lines.append("Ctrl-C ends every process; the next start goes on from here.")
    console.print("\n".join(lines), soft_wrap=True, highlight=False)
