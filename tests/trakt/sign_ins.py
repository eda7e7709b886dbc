"""A sandbox's user, the settings that reach it, and a process that keeps a sign-in alive."""

import asyncio
import os
import sys
from collections.abc import Callable
from dataclasses import replace

from cryptography.fernet import Fernet
from pydantic import SecretStr

from catalog_assets.trakt.sign_in import SignedOut, SignIn, keep_signed_in, sign_in, sign_out
from resources.databases import Database
from resources.errors import CatalogError
from resources.settings import Settings
from resources.trakt_sign_in import SIGN_IN_PACE, DeviceCode, TraktSignInClient
from tests.sandbox_process import RunningSandbox

KEY = Fernet.generate_key().decode()
QUICK = replace(SIGN_IN_PACE, interval_s=0.0, busy_s=0.0)


def settings_of(sandbox: RunningSandbox, *, is_on: bool = True, key: str | None = KEY) -> Settings:
    return Settings(
        trakt_enabled=is_on,
        trakt_client_id=SecretStr(sandbox.trakt_client_id),
        trakt_client_secret=SecretStr(sandbox.trakt_client_secret),
        trakt_contact="tests@localhost",
        trakt_token_key=None if key is None else SecretStr(key),
        trakt_api_base_url=sandbox.url,
        trakt_auth_base_url=sandbox.url,
    )


def log_in(
    sandbox: RunningSandbox,
    source_url: str,
    decide: Callable[[DeviceCode], object],
    *,
    before_poll: int = 1,
    waits: list[float] | None = None,
) -> SignIn:
    """Signs in; `decide` is what the user does before a poll, and `waits` takes the seconds waited before each."""
    shown: list[DeviceCode] = []
    waited = [] if waits is None else waits

    async def sleep(seconds: float) -> None:
        waited.append(seconds)
        if len(waited) == before_poll:
            decide(shown[0])

    async def scene() -> SignIn:
        access = settings_of(sandbox).require_trakt_sign_in()
        database = Database(source_url)
        try:
            async with TraktSignInClient(access, source_url=database.url, pace=QUICK) as client:
                return await sign_in(client, database, access.token_key, show=shown.append, sleep=sleep)
        finally:
            await database.aclose()

    return asyncio.run(scene())


def keep(source_url: str, settings: Settings) -> SignIn | None:
    async def scene() -> SignIn | None:
        database = Database(source_url)
        try:
            return await keep_signed_in(database, settings)
        finally:
            await database.aclose()

    return asyncio.run(scene())


def accepted(sandbox: RunningSandbox) -> Callable[[DeviceCode], object]:
    return lambda code: sandbox.control(do="trakt_decide", accept=True, user_code=code.user_code)


def signed_in(sandbox: RunningSandbox, source_url: str) -> SignIn:
    return log_in(sandbox, source_url, accepted(sandbox))


def sign_ins(sandbox: RunningSandbox) -> dict[str, int]:
    found: dict[str, int] = sandbox.truth("trakt")["sign_ins"]
    return found


def out(source_url: str, settings: Settings) -> SignedOut:
    async def scene() -> SignedOut:
        database = Database(source_url)
        try:
            return await sign_out(database, settings)
        finally:
            await database.aclose()

    return asyncio.run(scene())


if __name__ == "__main__":
    # What it reads comes through the environment, as a deployment's.
    try:
        kept = keep(os.environ["SOURCE_DATABASE_URL"], Settings())
    except CatalogError as error:
        sys.exit(str(error))
    print("refreshed" if kept is not None and kept.refreshed else "left")
