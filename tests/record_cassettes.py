"""`python -m tests.record_cassettes [hotstar] [tmdb]`: record `cassettes/` again, of both services if none is named.

With a service's credentials in the environment the real one is asked, at its pace; without, the sandbox. Addresses,
partner, token and key are replaced. Some of Hotstar's requests filter by start date, which the provider allows twice a
week: against the real service, record in a week without a census.
"""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
from pydantic import SecretStr

from resources import logs
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.migrations import migrate
from resources.settings import HotstarAccess, Settings, TmdbAccess, load_settings
from resources.tmdb import TmdbClient, tmdb_pace
from tests import cassettes, tmdb_cassettes
from tests.sandbox_process import RunningSandbox, running_sandbox

SANDBOX_MOVIES = 2_000
"""Enough films for every scene to find some."""


@contextmanager
def database() -> Iterator[SecretStr]:
    """A database that keeps the pace while the recording lasts."""
    home = Path(tempfile.mkdtemp())
    try:
        with EmbeddedServer(home) as server:
            migrate(server.url("source"))
            yield server.url("source")
    finally:
        if (folder := recorded_folder(home)) is not None:
            shutil.rmtree(folder)
        shutil.rmtree(home)


async def record_hotstar(settings: Settings, sandbox: RunningSandbox, source_url: SecretStr) -> None:
    """Ask every scene of Hotstar once."""
    simulated = HotstarAccess(sandbox.url, sandbox.partner, SecretStr(sandbox.secret), "sandbox:1")
    access = settings.hotstar or simulated
    async with HotstarClient(
        base_url=access.base_url,
        partner_id=access.partner_id,
        akamai_secret=access.akamai_secret,
        source_url=source_url,
        pace=replace(HOTSTAR_PACE, interval_s=0.0) if access is simulated else HOTSTAR_PACE,
        transport=httpx.AsyncHTTPTransport(),
    ) as client:
        for scene in cassettes.SCENES:
            with cassettes.cassette(scene, record=True, hidden=access.partner_id):
                readable = await cassettes.ask(client, scene)
            print(f"{scene}: {'recorded' if readable else 'the answer cannot be read'}")


async def record_tmdb(settings: Settings, sandbox: RunningSandbox, source_url: SecretStr) -> None:
    """Ask every scene of TMDB once."""
    access = settings.tmdb or TmdbAccess(sandbox.url, SecretStr(sandbox.tmdb_token), 0.0, "sandbox:1")
    async with TmdbClient(
        base_url=access.base_url,
        api_key=access.api_key,
        source_url=source_url,
        pace=tmdb_pace(access.requests_per_second),
        transport=httpx.AsyncHTTPTransport(),
    ) as client:
        for scene in tmdb_cassettes.SCENES:
            with tmdb_cassettes.cassette(scene, record=True, hidden=access.api_key.get_secret_value()):
                answer = await tmdb_cassettes.ask(client, scene)
            print(f"{scene}: recorded, status {answer.status}")


SERVICES = {"hotstar": record_hotstar, "tmdb": record_tmdb}

if __name__ == "__main__":
    logs.configure("WARNING")
    for folder in (cassettes.FOLDER, tmdb_cassettes.FOLDER):
        folder.mkdir(parents=True, exist_ok=True)
    unlimited = ("--tmdb-rate=0", "--tmdb-latency=0")
    with running_sandbox(movies=SANDBOX_MOVIES, options=unlimited) as started, database() as kept_in:
        for name in sys.argv[1:] or SERVICES:
            asyncio.run(SERVICES[name](load_settings(), started, kept_in))
