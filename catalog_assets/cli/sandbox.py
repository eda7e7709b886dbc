"""The simulated services as a process: alone (`catalog sandbox`), or beside a command that has no credentials.

The sandbox is never imported: it is started, and spoken to over HTTP as the services are. Its credentials are made at
random for each start.
"""

import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import psutil
import typer
from pydantic import SecretStr

from catalog_assets.cli.processes import MARK, Child, ask_to_end, await_end, start
from resources.access import tmdb_key_form
from resources.errors import CatalogError
from resources.settings import Settings

_RECORD = "sandbox.json"
_START_S = 30


@dataclass(frozen=True, slots=True)
class Sandbox:
    """A running sandbox; `created` is its process's start in epoch seconds, since process numbers come again."""

    pid: int
    created: float
    port: int
    partner: str
    secret: str
    tmdb_token: str
    watchmode_key: str
    trakt_client_id: str
    trakt_client_secret: str
    seed: int
    scale: float

    @property
    def environment(self) -> dict[str, str]:
        """Access to the sandbox under the names of the real credentials, and the origin that its data bears."""
        address = f"http://127.0.0.1:{self.port}"
        origin = f"sandbox:{self.seed}" if self.scale == 1 else f"sandbox:{self.seed}:{self.scale:g}"
        return {
            "HOTSTAR_API_BASE_URL": address,
            "HOTSTAR_PARTNER_ID": self.partner,
            "HOTSTAR_AKAMAI_SECRET": self.secret,
            "CATALOG_ORIGIN_HOTSTAR": origin,
            "TMDB_API_BASE_URL": address,
            "TMDB_API_KEY": self.tmdb_token,
            "CATALOG_ORIGIN_TMDB": origin,
            "WATCHMODE_API_BASE_URL": address,
            "WATCHMODE_API_KEY": self.watchmode_key,
            "CATALOG_ORIGIN_WATCHMODE": origin,
            "TRAKT_API_BASE_URL": address,
            "TRAKT_AUTH_BASE_URL": address,
            "TRAKT_CLIENT_ID": self.trakt_client_id,
            "TRAKT_CLIENT_SECRET": self.trakt_client_secret,
            "TRAKT_CONTACT": "sandbox@localhost",
            "CATALOG_ORIGIN_TRAKT": origin,
        }


@contextmanager
def start_sandbox(settings: Settings, home: Path, mark: str) -> Iterator[tuple[Sandbox, Child]]:
    """Start a sandbox as the settings say and end it afterwards.

    Raises:
        CatalogError: it does not start.
    """
    partner, secret, token, watchmode_key = _new_partner(), secrets.token_hex(32), _new_token(), _new_key()
    trakt_client_id, trakt_client_secret = secrets.token_hex(32), secrets.token_hex(32)
    port_file = home / f"sandbox-{mark}.port"
    options = {
        "--port": 0,
        "--port-file": port_file,
        "--rate": settings.sandbox_rate,
        "--latency": settings.sandbox_latency,
        "--tmdb-rate": settings.sandbox_tmdb_rate,
        "--tmdb-latency": settings.sandbox_tmdb_latency,
        "--trakt-rate": settings.sandbox_trakt_rate,
        "--scale": settings.sandbox_scale,
        "--seed": settings.sandbox_seed,
        "--parent-pid": os.getpid(),
    }
    if settings.sandbox_movies is not None:
        options["--movies"] = settings.sandbox_movies
    child = start(
        "sandbox",
        [sys.executable, "-m", "sandbox", *(str(word) for option in options.items() for word in option)],
        environment={
            MARK: mark,
            "SANDBOX_HOTSTAR_PARTNER": partner,
            "SANDBOX_HOTSTAR_SECRET": secret,
            "SANDBOX_TMDB_TOKEN": token,
            "SANDBOX_WATCHMODE_KEY": watchmode_key,
            "SANDBOX_TRAKT_CLIENT_ID": trakt_client_id,
            "SANDBOX_TRAKT_CLIENT_SECRET": trakt_client_secret,
        },
        logs=home / "logs",
    )
    process = psutil.Process(child.process.pid)
    try:
        port = _await_port(child, port_file)
        yield (
            Sandbox(
                pid=process.pid,
                created=process.create_time(),
                port=port,
                partner=partner,
                secret=secret,
                tmdb_token=token,
                watchmode_key=watchmode_key,
                trakt_client_id=trakt_client_id,
                trakt_client_secret=trakt_client_secret,
                seed=settings.sandbox_seed,
                scale=settings.sandbox_scale,
            ),
            child,
        )
    finally:
        port_file.unlink(missing_ok=True)
        ask_to_end([process])
        if await_end([process], 5):
            process.kill()
        child.process.wait()


@contextmanager
def recorded(home: Path, sandbox: Sandbox | None) -> Iterator[None]:
    """Let other commands on this home use the sandbox while the context lasts."""
    if sandbox is None:
        yield
        return
    path = home / _RECORD
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        json.dump(asdict(sandbox), file)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


def running_sandbox(home: Path) -> Sandbox | None:
    """The sandbox that a running `catalog up` recorded, or None."""
    try:
        sandbox = Sandbox(**json.loads((home / _RECORD).read_text(encoding="utf-8")))
        alive = psutil.Process(sandbox.pid).create_time() == sandbox.created
    except (FileNotFoundError, ValueError, TypeError, psutil.NoSuchProcess):
        return None
    return sandbox if alive else None


def sandbox(
    *,
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 0,
    rate: Annotated[float, typer.Option(help="Requests a second before it answers 429; 0: no limit.")] = 1.0,
    latency: Annotated[float, typer.Option(help="Seconds that an answer takes per 1,000 items.")] = 2.0,
    tmdb_rate: Annotated[float, typer.Option(help="TMDB's requests a second, counted apart; 0: no limit.")] = 40.0,
    tmdb_latency: Annotated[float, typer.Option(help="Seconds that an answer of TMDB takes.")] = 0.15,
    scale: Annotated[float, typer.Option(help="Size of the catalogue: 1 is the real one, 0.01 a hundredth.")] = 1.0,
    movies: Annotated[int | None, typer.Option(help="Films at the start, whatever the scale.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same catalogue.")] = 1,
) -> None:
    """The simulated services alone, until Ctrl-C.

    It takes the credentials of HOTSTAR_PARTNER_ID, HOTSTAR_AKAMAI_SECRET, TMDB_API_KEY, WATCHMODE_API_KEY,
    TRAKT_CLIENT_ID and TRAKT_CLIENT_SECRET; where a service's are not set it makes some and prints them as `export`
    lines.
    """
    environment = dict(os.environ)
    made: dict[str, str] = {}
    if "HOTSTAR_PARTNER_ID" not in environment or "HOTSTAR_AKAMAI_SECRET" not in environment:
        made |= {"HOTSTAR_PARTNER_ID": _new_partner(), "HOTSTAR_AKAMAI_SECRET": secrets.token_hex(32)}
    if not environment.get("TMDB_API_KEY"):
        made["TMDB_API_KEY"] = _new_token()
    if not environment.get("WATCHMODE_API_KEY"):
        made["WATCHMODE_API_KEY"] = _new_key()
    if not environment.get("TRAKT_CLIENT_ID") or not environment.get("TRAKT_CLIENT_SECRET"):
        made |= {"TRAKT_CLIENT_ID": secrets.token_hex(32), "TRAKT_CLIENT_SECRET": secrets.token_hex(32)}
    for name, value in made.items():
        typer.echo(f"export {name}={value}")
    environment |= made
    environment["SANDBOX_HOTSTAR_PARTNER"] = environment["HOTSTAR_PARTNER_ID"]
    environment["SANDBOX_HOTSTAR_SECRET"] = environment["HOTSTAR_AKAMAI_SECRET"]
    is_key = tmdb_key_form(SecretStr(environment["TMDB_API_KEY"])) == "v3"
    environment["SANDBOX_TMDB_KEY" if is_key else "SANDBOX_TMDB_TOKEN"] = environment["TMDB_API_KEY"]
    environment["SANDBOX_WATCHMODE_KEY"] = environment["WATCHMODE_API_KEY"]
    environment["SANDBOX_TRAKT_CLIENT_ID"] = environment["TRAKT_CLIENT_ID"]
    environment["SANDBOX_TRAKT_CLIENT_SECRET"] = environment["TRAKT_CLIENT_SECRET"]
    given = {
        "--port": port,
        "--rate": rate,
        "--latency": latency,
        "--tmdb-rate": tmdb_rate,
        "--tmdb-latency": tmdb_latency,
        "--scale": scale,
        "--seed": seed,
    }
    if movies is not None:
        given["--movies"] = movies
    arguments = [sys.executable, "-m", "sandbox", *(str(word) for option in given.items() for word in option)]
    sys.stdout.flush()
    os.execve(sys.executable, arguments, environment)  # noqa: S606 - from a list made here


def _new_partner() -> str:
    return f"sandbox-{secrets.token_hex(4)}"


def _new_token() -> str:
    """A read access token in TMDB's form: three parts joined by dots."""
    return f"sandbox.{secrets.token_hex(16)}.{secrets.token_hex(32)}"


def _new_key() -> str:
    """A key in the form of Watchmode's."""
    return secrets.token_urlsafe(30)


def _await_port(child: Child, port_file: Path) -> int:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline and not child.has_ended:
        if port_file.exists():
            return int(port_file.read_text(encoding="ascii"))
        time.sleep(0.05)
    raise CatalogError(f"The sandbox did not start: {child.log} says why.")
