"""`python -m tests.record_cassettes`: record `cassettes/` again.

With credentials in the environment the real service is asked, at its pace; without, the sandbox. Address, partner and
token are replaced. Some of the requests filter by start date, which the provider allows twice a week: against the real
service, record in a week without a census.
"""

import asyncio
import shutil
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
from resources.settings import HotstarAccess, load_settings
from tests.cassettes import FOLDER, SCENES, ask, cassette
from tests.sandbox_process import running_sandbox

SANDBOX_MOVIES = 2_000
"""Enough films for every scene to find some."""


@contextmanager
def service() -> Iterator[tuple[HotstarAccess, float]]:
    """Who is asked, and the seconds between two requests."""
    if (real := load_settings().hotstar) is not None:
        yield real, HOTSTAR_PACE.interval_s
        return
    with running_sandbox(movies=SANDBOX_MOVIES) as sandbox:
        yield HotstarAccess(sandbox.url, sandbox.partner, SecretStr(sandbox.secret), "sandbox:1"), 0.0


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


async def record(access: HotstarAccess, interval_s: float, source_url: SecretStr) -> None:
    """Ask every scene once."""
    async with HotstarClient(
        base_url=access.base_url,
        partner_id=access.partner_id,
        akamai_secret=access.akamai_secret,
        source_url=source_url,
        pace=replace(HOTSTAR_PACE, interval_s=interval_s),
        transport=httpx.AsyncHTTPTransport(),
    ) as client:
        for scene in SCENES:
            with cassette(scene, record=True, hidden=access.partner_id):
                readable = await ask(client, scene)
            print(f"{scene}: {'recorded' if readable else 'the answer cannot be read'}")


if __name__ == "__main__":
    logs.configure("WARNING")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with service() as (asked, seconds), database() as kept_in:
        asyncio.run(record(asked, seconds, kept_in))
