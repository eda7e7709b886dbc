"""A sandbox as a process of its own, for any test that needs the upstream services over HTTP."""

import hashlib
import hmac
import os
import secrets
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from tests.sandbox_forks import fork_sandbox

PROJECT = Path(__file__).resolve().parents[1]
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""A sandbox speaks plain HTTP: reading the certificates of authorities takes longer than starting it."""
STARTS_WITHIN = 30.0
"""Seconds; a full-size sandbox takes about one on an idle machine."""


@dataclass(frozen=True, slots=True)
class RunningSandbox:
    """A sandbox that answers."""

    url: str
    partner: str
    secret: str = field(repr=False)
    tmdb_token: str = field(repr=False)
    watchmode_key: str = field(repr=False)
    trakt_client_id: str = field(repr=False)
    trakt_client_secret: str = field(repr=False)
    pid: int
    client: httpx.Client = field(repr=False)

    def control(self, **action: Any) -> dict[str, Any]:
        """Do one action (`do=…`, see docs/sandbox.md) and return what it answers."""
        reply = self.client.post(f"{self.url}/_control", json=action)
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    def truth(self, kind: str = "movie", **listings: int | str) -> dict[str, Any]:
        """Return the truth; `ids=1`, `items=1`, `requests=1` add listings, `offers` takes `media_type`, `tmdb_id`."""
        reply = self.client.get(f"{self.url}/_truth", params={"kind": kind, **listings})
        assert reply.status_code == 200, reply.text
        answer: dict[str, Any] = reply.json()
        return answer

    def token(self, *, start: int | None = None, window: int = 2_000, acl: str = "/*") -> str:
        """Return an hdnea token, good now unless `start` says otherwise."""
        begin = int(time.time()) if start is None else start
        signed = f"st={begin}~exp={begin + window}~acl={acl}"
        signature = hmac.new(bytes.fromhex(self.secret), signed.encode(), hashlib.sha256).hexdigest()
        return f"{signed}~hmac={signature}"

    def headers(self) -> dict[str, str]:
        """Return the headers of a request that passes."""
        return {
            "x-country-code": "in",
            "x-platform-code": "ANDROID",
            "x-partner-name": self.partner,
            "x-region-code": "DL",
            "x-client-code": "pt",
            "hdnea": self.token(),
        }

    def get(self, path: str = "/movie/search", /, **params: object) -> httpx.Response:
        """Ask as a partner does, without keeping any pace."""
        query = {"partner": self.partner, **{name: str(value) for name, value in params.items()}}
        return self.client.get(f"{self.url}{path}", params=query, headers=self.headers())

    def tmdb(self, path: str, /, **params: object) -> httpx.Response:
        """Ask TMDB's API, without keeping any pace."""
        query = {name: str(value) for name, value in params.items()}
        headers = {"authorization": f"Bearer {self.tmdb_token}"}
        return self.client.get(f"{self.url}/3{path}", params=query, headers=headers)

    def watchmode(self, path: str, /, **params: object) -> httpx.Response:
        """Ask Watchmode's API, without keeping any pace."""
        query = {name: str(value) for name, value in params.items()}
        return self.client.get(f"{self.url}/v1{path}", params=query, headers={"x-api-key": self.watchmode_key})

    def trakt(self, path: str, /, **params: object) -> httpx.Response:
        """Ask Trakt's API, without keeping any pace."""
        headers = {
            "user-agent": "tests/1.0 (tests@localhost)",
            "trakt-api-key": self.trakt_client_id,
            "trakt-api-version": "2",
        }
        query = {name: str(value) for name, value in params.items()}
        return self.client.get(f"{self.url}{path}", params=query, headers=headers)

    def page(self, path: str = "/movie/search", /, **params: object) -> dict[str, Any]:
        """Return `body.results` of a page."""
        reply = self.get(path, **params)
        assert reply.status_code == 200, reply.text
        results: dict[str, Any] = reply.json()["body"]["results"]
        return results

    def environment(self) -> Mapping[str, str]:
        """Return the variables that point a client at this sandbox."""
        return {
            "HOTSTAR_API_BASE_URL": self.url,
            "HOTSTAR_PARTNER_ID": self.partner,
            "HOTSTAR_AKAMAI_SECRET": self.secret,
            "TMDB_API_BASE_URL": self.url,
            "TMDB_API_KEY": self.tmdb_token,
            "WATCHMODE_API_BASE_URL": self.url,
            "WATCHMODE_API_KEY": self.watchmode_key,
            "TRAKT_API_BASE_URL": self.url,
            "TRAKT_AUTH_BASE_URL": self.url,
            "TRAKT_CLIENT_ID": self.trakt_client_id,
            "TRAKT_CLIENT_SECRET": self.trakt_client_secret,
        }


@contextmanager
def running_sandbox(
    *,
    movies: int = 500,
    scale: float = 0.01,
    rate: float = 0,
    latency: float = 0,
    seed: int = 1,
    port: int = 0,
    options: tuple[str, ...] = (),
    tmdb_key: str = "",
    within_s: float = STARTS_WITHIN,
    as_command: bool = False,
) -> Iterator[RunningSandbox]:
    """Start a sandbox, by default a small one without limits, and end it afterwards.

    Args:
        movies: how many films.
        scale: the size of the other kinds, 1 being the real one.
        rate: requests a second; 0: no limit.
        latency: seconds per 1,000 items.
        seed: the catalogue's seed.
        port: 0 takes a free one.
        options: further arguments of `python -m sandbox`.
        tmdb_key: TMDB's v3 key that it takes beside the token.
        within_s: how long it may take to answer.
        as_command: start it as `python -m sandbox` does, under coverage where there is one, rather than as a fork.
    """
    partner, secret = "partner-of-tests", secrets.token_hex(32)
    token, watchmode_key = f"sandbox.{secrets.token_hex(16)}.{secrets.token_hex(32)}", secrets.token_urlsafe(30)
    trakt_client_id, trakt_client_secret = secrets.token_hex(32), secrets.token_hex(32)
    with tempfile.TemporaryDirectory() as folder:
        port_file = Path(folder) / "port"
        numbers = {"port": port, "movies": movies, "scale": scale, "rate": rate, "latency": latency, "seed": seed}
        arguments = [f"--{name}={value}" for name, value in numbers.items()]
        arguments += [f"--port-file={port_file}", f"--parent-pid={os.getpid()}", "--watchmode-rate=0", "--trakt-rate=0"]
        arguments += options
        given = {"HOTSTAR_PARTNER": partner, "HOTSTAR_SECRET": secret, "TMDB_TOKEN": token, "TMDB_KEY": tmdb_key}
        given["WATCHMODE_KEY"] = watchmode_key
        given |= {"TRAKT_CLIENT_ID": trakt_client_id, "TRAKT_CLIENT_SECRET": trakt_client_secret}
        variables = {f"SANDBOX_{name}": value for name, value in given.items()}
        process = (_start_command if as_command else fork_sandbox)(arguments, variables)
        try:
            url = f"http://127.0.0.1:{_wait_for_port(process, port_file, within_s)}"
            with httpx.Client(timeout=60, verify=NO_AUTHORITIES) as client:
                yield RunningSandbox(
                    url=url,
                    partner=partner,
                    secret=secret,
                    tmdb_token=token,
                    watchmode_key=watchmode_key,
                    trakt_client_id=trakt_client_id,
                    trakt_client_secret=trakt_client_secret,
                    pid=process.pid,
                    client=client,
                )
        finally:
            process.terminate()
            process.wait(timeout=10)


def _start_command(arguments: Sequence[str], variables: Mapping[str, str]) -> psutil.Popen:
    command = [sys.executable, "-m", "sandbox", *arguments]
    return psutil.Popen(command, cwd=PROJECT, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)


def _wait_for_port(process: psutil.Process, port_file: Path, within_s: float) -> int:
    give_up = time.monotonic() + within_s
    while not port_file.exists():
        assert process.is_running(), "the sandbox ended"
        assert process.status() != psutil.STATUS_ZOMBIE, "the sandbox ended"
        assert time.monotonic() < give_up, f"the sandbox did not answer within {within_s} s"
        time.sleep(0.01)
    return int(port_file.read_text())
