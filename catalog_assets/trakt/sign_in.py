"""The sign-in of Trakt's user: made by device, kept alive, withdrawn (contracts: Trakt, 9). Nothing here knows Dagster.

Lists need no sign-in. Tokens stand encrypted in `trakt.oauth_tokens`, with a key that stands in no database. Whoever
changes them holds one advisory lock from reading the old pair to committing the new: a refresh token works only once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import psycopg
import stamina
import structlog
from cryptography.fernet import Fernet, InvalidToken
from psycopg.rows import dict_row
from pydantic import SecretStr

from resources.databases import Database
from resources.errors import CatalogError, SignInNeeded
from resources.settings import Settings
from resources.statements import statement
from resources.trakt_sign_in import DeviceCode, GrantRefused, Poll, Tokens, TraktSignInClient

log = structlog.get_logger(__name__)

REVOKED_WITHIN_S = 60
"""Seconds that withdrawing a sign-in waits for Trakt; what was to be done here is done all the same."""

_NOT_SIGNED_IN = {
    Poll.REFUSED: "The user refused",
    Poll.EXPIRED: "The code expired before it was entered",
    Poll.USED: "The code was used already",
    Poll.UNKNOWN: "Trakt does not know the code any more",
}

_NOT_TAKEN = "Trakt takes its refresh token no more (invalid_grant)"
_SIGNING_OUT = "`catalog trakt logout` began; if it was cut off, run it again"


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in that stands. Times are UTC.

    Attributes:
        since: when the user signed in.
        expires_at: when the access token ends unless it is refreshed before.
        refreshed: whether it was refreshed just now.
        replaced: whether it was made just now in place of an earlier one.
        failure: why Trakt could not be told that the earlier one ends; None: it was, or there was none.
    """

    since: datetime
    expires_at: datetime
    refreshed: bool = False
    replaced: bool = False
    failure: str | None = None


@dataclass(frozen=True, slots=True)
class SignedOut:
    """What signing out did.

    Attributes:
        pages: stored answers of Trakt that were removed.
        was_signed_in: whether there were tokens to withdraw.
        failure: why Trakt could not be told; None: it was, or nobody was signed in.
    """

    pages: int
    was_signed_in: bool
    failure: str | None = None


async def sign_in(
    client: TraktSignInClient,
    database: Database,
    token_key: SecretStr,
    *,
    show: Callable[[DeviceCode], None],
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> SignIn:
    """Signs a user in by device: shows a code, asks until it was entered, and stores the tokens.

    A sign-in that stands is withdrawn then; where Trakt cannot be told, `SignIn.failure` says why.

    Args:
        client: entered.
        database: `source`.
        token_key: Fernet key.
        show: tells the user the code and where to enter it.
        sleep: waits so many seconds between two polls.

    Raises:
        SignInNeeded: the code was refused, or not entered in time.
        ServiceError: Trakt cannot be asked.
    """
    code = await client.device_code()
    show(code)
    interval_s = max(code.interval, 1)
    waited_s = 0
    while waited_s + interval_s <= code.expires_in:
        await sleep(interval_s)
        waited_s += interval_s
        too_fast = client.counts.refused
        answer = await client.poll(code)
        if isinstance(answer, Tokens):
            return await _begin(client, database, answer, token_key)
        if answer in _NOT_SIGNED_IN:
            raise SignInNeeded(f"{_NOT_SIGNED_IN[answer]}: nobody is signed in. Run `catalog trakt login` again.")
        if client.counts.refused > too_fast:
            interval_s += max(code.interval, 1)
    raise SignInNeeded(f"{_NOT_SIGNED_IN[Poll.EXPIRED]} (after {code.expires_in} s): run `catalog trakt login` again.")


async def _begin(client: TraktSignInClient, database: Database, tokens: Tokens, token_key: SecretStr) -> SignIn:
    """Stores the tokens of a user who just signed in, and withdraws the sign-in that stood before."""
    async with database.async_connection() as connection:
        await _run(connection, "lock_sign_in")
        before = await _run(connection, "read_sign_in")
        begun = await _store(connection, tokens, token_key, is_new=True)
    if before is None:
        return begun
    # Committed first, so that a sign-in is given up only for one that is kept; nobody else knows the old pair any more.
    return replace(begun, replaced=True, failure=await _withdraw(client, before, token_key))


async def keep_signed_in(database: Database, settings: Settings) -> SignIn | None:
    """Refreshes the sign-in if little of it is left; to be called every hour. None: Trakt is off, or nobody signed in.

    Raises:
        SignInNeeded: Trakt ended the sign-in, or its tokens cannot be read: run `catalog trakt login`.
        SettingsError: credentials are missing, or cannot be used.
        ServiceError: Trakt cannot be asked; the tokens stay as they are, and the next call tries again.
    """
    if settings.trakt is None:
        return None
    async with database.async_connection() as connection:
        found = await _run(connection, "read_sign_in")
    if found is None:
        return None
    _refuse_ended(found)
    if not found["is_due"]:
        return SignIn(found["created_at"], found["expires_at"])
    access = settings.require_trakt_sign_in()
    async with TraktSignInClient(access, source_url=database.url) as client:
        return await refreshed(client, database, access.token_key)


async def refreshed(client: TraktSignInClient, database: Database, token_key: SecretStr) -> SignIn | None:
    """Refreshes the sign-in if it is due, one process at a time: who waited for another finds nothing left to do.

    Raises:
        SignInNeeded, ServiceError: as `keep_signed_in`.
    """
    async with database.async_connection() as connection:
        await _run(connection, "lock_sign_in")
        found = await _run(connection, "read_sign_in")
        if found is None:
            return None
        _refuse_ended(found)
        if not found["is_due"]:
            return SignIn(found["created_at"], found["expires_at"])
        try:
            tokens = await client.refresh(_decrypted(found["refresh_token"], token_key))
        except GrantRefused:
            # Noted before it is told: the next run need not ask Trakt again.
            await _run(connection, "end_sign_in", reason=_NOT_TAKEN)
            await connection.commit()
            raise _ended(_NOT_TAKEN) from None
        stored = await _store(connection, tokens, token_key, is_new=False)
    log.info("sign-in refreshed", expires_at=stored.expires_at.isoformat())
    return SignIn(stored.since, stored.expires_at, refreshed=True)


async def sign_out(database: Database, settings: Settings) -> SignedOut:
    """Withdraws the sign-in, then removes everything that came from Trakt in one transaction; also where Trakt is off.

    Where Trakt cannot be told, `SignedOut.failure` says why, and everything is removed all the same. Whoever is cut off
    does it again: until then the tokens stand here, marked as ended.
    """
    while True:
        found = await _end(database)
        # Between the transactions, for nobody should wait for Trakt; and before the removal, for a pair that is removed
        # first would live on at Trakt, known to nobody, if this process is killed. Marked as ended it is refreshed by
        # nobody meanwhile, so that it stays the pair to withdraw; to withdraw it twice does no harm.
        failure = await _revoke(found, database, settings) if found is not None else None
        pages = await _remove(database, found)
        if pages is not None:  # otherwise somebody signed in meanwhile
            return SignedOut(pages=pages, was_signed_in=found is not None, failure=failure)


async def _remove(database: Database, found: dict[str, Any] | None) -> int | None:
    """Removes everything, unless another sign-in than the one found stands; how many answers there were."""
    # Whoever reads several of the tables in one transaction may make the removal a deadlock's victim.
    async for attempt in stamina.retry_context(psycopg.errors.DeadlockDetected, attempts=5, wait_initial=0.1):
        with attempt:
            async with database.async_connection() as connection:
                # In the order of catalog_assets.streaming.retention, which removes from the same tables.
                await connection.execute(statement("streaming/lock_trending"))
                await _run(connection, "lock_sign_in")
                standing = await _run(connection, "read_sign_in")
                if standing is not None and (found is None or standing["access_token"] != found["access_token"]):
                    return None
                removed = await _run(connection, "remove_everything")
                return int(removed["pages"]) if removed else 0
    raise AssertionError("a retry ends by returning or raising")


async def _end(database: Database) -> dict[str, Any] | None:
    """The sign-in that stands, marked as ended: from then on nobody refreshes it. None: nobody is signed in."""
    async with database.async_connection() as connection:
        await _run(connection, "lock_sign_in")
        found = await _run(connection, "read_sign_in")
        if found is not None:
            await _run(connection, "end_sign_in", reason=_SIGNING_OUT)
    return found


async def _revoke(found: dict[str, Any], database: Database, settings: Settings) -> str | None:
    """Tells Trakt that a sign-in ends, with a client of its own; why that failed, or None."""
    try:
        access = settings.signing_out().require_trakt_sign_in()
        async with TraktSignInClient(access, source_url=database.url) as client:
            return await _withdraw(client, found, access.token_key)
    except CatalogError as failed:
        return str(failed)


async def _withdraw(client: TraktSignInClient, found: dict[str, Any], token_key: SecretStr) -> str | None:
    """Tells Trakt that a sign-in ends; why that failed, or None."""
    try:
        token = _decrypted(found["access_token"], token_key)
        async with asyncio.timeout(REVOKED_WITHIN_S):
            await client.revoke(token)
    except CatalogError as failed:
        return str(failed)
    except TimeoutError:
        return f"Trakt gave no answer within {REVOKED_WITHIN_S} s."
    return None


async def _run(connection: psycopg.AsyncConnection, name: str, **params: Any) -> dict[str, Any] | None:
    async with connection.cursor(row_factory=dict_row) as cursor:
        await cursor.execute(statement(f"trakt/{name}"), params or None)
        return await cursor.fetchone() if cursor.description else None


async def _store(connection: psycopg.AsyncConnection, tokens: Tokens, token_key: SecretStr, *, is_new: bool) -> SignIn:
    fernet = Fernet(token_key.get_secret_value())
    stored = await _run(
        connection,
        "store_tokens",
        access_token=_encrypted(fernet, tokens.access_token),
        refresh_token=_encrypted(fernet, tokens.refresh_token),
        token_type=tokens.token_type,
        scope=tokens.scope,
        expires_in_s=tokens.expires_in_s,
        expires_at=tokens.expires_at,
        is_new=is_new,
    )
    if stored is None:
        raise RuntimeError("store_tokens returns the row that it wrote")
    return SignIn(stored["created_at"], stored["expires_at"])


def _encrypted(fernet: Fernet, token: SecretStr) -> str:
    return fernet.encrypt(token.get_secret_value().encode()).decode("ascii")


def _decrypted(text: str, token_key: SecretStr) -> SecretStr:
    try:
        return SecretStr(Fernet(token_key.get_secret_value()).decrypt(text).decode())
    except InvalidToken:
        raise SignInNeeded(
            "The stored tokens of Trakt cannot be read with TRAKT_TOKEN_KEY: put back the key that they were stored "
            "with, or run `catalog trakt login`."
        ) from None


def _refuse_ended(found: dict[str, Any]) -> None:
    if found["ended_at"] is not None:
        raise _ended(found["ended_because"])


def _ended(because: str) -> SignInNeeded:
    return SignInNeeded(f"The sign-in to Trakt has ended: {because}. To sign in again run `catalog trakt login`.")
