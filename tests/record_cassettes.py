"""`python -m tests.record_cassettes [hotstar] [tmdb] [trakt] [watchmode]`: record `cassettes/` again, or those named.

With a service's credentials in the environment the real one is asked, at its pace; without, the sandbox, which stands
in for Watchmode always. Addresses, partner, token and key are replaced. Some of Hotstar's requests filter by start
date, which the provider allows twice a week: against the real service, record in a week without a census.
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
from resources.access import HotstarAccess, TmdbAccess, TraktAccess
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.migrations import migrate
from resources.settings import Settings, load_settings
from resources.tmdb import TmdbClient, tmdb_pace
from resources.trakt import TraktClient, trakt_pace
from resources.trakt_sign_in import SIGN_IN_PACE, DeviceCode, TraktSignInClient
from resources.watchmode import WatchmodeClient, watchmode_pace
from tests import cassettes, tmdb_cassettes, trakt_cassettes, watchmode_cassettes
from tests.sandbox_process import RunningSandbox, running_sandbox
from tests.trakt.sign_ins import settings_of

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


async def record_trakt(settings: Settings, sandbox: RunningSandbox, source_url: SecretStr) -> None:
    """Ask every scene of Trakt once; users are the sandbox's always."""
    simulated = TraktAccess(sandbox.url, SecretStr(sandbox.trakt_client_id), "tests@localhost", 0.0, "sandbox:1")
    access = settings.trakt or simulated
    async with TraktClient(
        base_url=access.base_url,
        client_id=access.client_id,
        contact=access.contact,
        source_url=source_url,
        pace=trakt_pace(access.requests_per_second),
        transport=httpx.AsyncHTTPTransport(),
    ) as client:
        for scene in trakt_cassettes.SCENES:
            with trakt_cassettes.cassette(scene, record=True):
                answer = await trakt_cassettes.ask(client, scene)
            print(f"{scene}: recorded, status {answer.status}")

    def decide(code: DeviceCode, accept: bool) -> None:
        sandbox.control(do="trakt_decide", accept=accept, user_code=code.user_code)

    async with TraktSignInClient(
        settings_of(sandbox).require_trakt_sign_in(),
        source_url=source_url,
        pace=replace(SIGN_IN_PACE, interval_s=0.0),
        transport=httpx.AsyncHTTPTransport(),
    ) as sign_in:
        for scene, play in trakt_cassettes.SIGN_INS.items():
            with trakt_cassettes.cassette(scene, record=True):
                await play(sign_in, decide)
            print(f"{scene}: recorded")


async def record_watchmode(_: Settings, sandbox: RunningSandbox, source_url: SecretStr) -> None:
    """Ask every scene of Watchmode once, of the sandbox: its own answers may not be kept for long."""
    async with WatchmodeClient(
        base_url=sandbox.url,
        api_key=SecretStr(sandbox.watchmode_key),
        source_url=source_url,
        pace=watchmode_pace(33, requests_per_second=0),
        transport=httpx.AsyncHTTPTransport(),
    ) as client:
        for scene in watchmode_cassettes.SCENES:
            with watchmode_cassettes.cassette(scene, record=True):
                answer = await watchmode_cassettes.ask(client, scene)
            print(f"{scene}: recorded, status {answer.status}")


SERVICES = {"hotstar": record_hotstar, "tmdb": record_tmdb, "trakt": record_trakt, "watchmode": record_watchmode}

if __name__ == "__main__":
    logs.configure("WARNING")
    for folder in (cassettes.FOLDER, tmdb_cassettes.FOLDER, trakt_cassettes.FOLDER, watchmode_cassettes.FOLDER):
        folder.mkdir(parents=True, exist_ok=True)
    unlimited = ("--tmdb-rate=0", "--tmdb-latency=0", "--trakt-poll-seconds=0")
    with running_sandbox(movies=SANDBOX_MOVIES, options=unlimited) as started, database() as kept_in:
        for name in sys.argv[1:] or SERVICES:
            asyncio.run(SERVICES[name](load_settings(), started, kept_in))
