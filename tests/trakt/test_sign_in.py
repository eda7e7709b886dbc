"""Signing in to Trakt: by device, one user at a time, kept alive by one process at a time."""

import asyncio
import io
import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import psycopg
import pytest
from cryptography.fernet import Fernet

from catalog_assets.trakt.sign_in import SignedOut, SignIn, refreshed
from resources.databases import Database
from resources.errors import PermanentServiceError, ServiceUnreachable, SettingsError, SignInNeeded
from resources.settings import Settings
from resources.statements import statement
from resources.trakt_sign_in import DeviceCode, TraktSignInClient
from tests.resources.conftest import log_text  # noqa: F401 - a fixture
from tests.resources.test_secrets import rows_of_every_table
from tests.sandbox_process import PROJECT, RunningSandbox, running_sandbox
from tests.trakt.sign_ins import KEY, QUICK, accepted, keep, log_in, out, settings_of, sign_ins, signed_in

ShiftClock = Callable[[psycopg.Connection, timedelta], None]

WEEK_S = 604_800

pytestmark = pytest.mark.usefixtures("no_backoff")


def polls(sandbox: RunningSandbox) -> list[int]:
    asked = sandbox.truth("trakt", requests=1)["requests"]["trakt_sign_in"]
    return [each["status"] for each in asked if each["path"] == "/oauth/device/token"]


# -- By device -------------------------------------------------------------------------------------------------------


def test_a_user_who_enters_the_code_is_signed_in_and_no_token_stands_anywhere_in_the_clear(
    sandbox: RunningSandbox,
    source_url: str,
    connection: psycopg.Connection,
    log_text: io.StringIO,  # noqa: F811
) -> None:
    found = log_in(sandbox, source_url, accepted(sandbox), before_poll=3)
    assert polls(sandbox) == [400, 400, 200]
    assert sign_ins(sandbox)["live"] == 1
    row = connection.execute(
        "SELECT access_token, refresh_token, token_type, scope, expires_in_s, expires_at FROM oauth_tokens"
    ).fetchone()
    assert row is not None
    assert row[2:5] == ("bearer", "public", WEEK_S)
    assert row[5] == found.expires_at
    assert abs(found.expires_at - datetime.now(UTC) - timedelta(weeks=1)) < timedelta(minutes=2)
    tokens = [Fernet(KEY).decrypt(text).decode() for text in row[:2]]
    assert [len(token) for token in tokens] == [64, 64]
    told = "\n".join((log_text.getvalue(), *rows_of_every_table(source_url), repr(found)))
    for secret in (*tokens, sandbox.trakt_client_secret, sandbox.trakt_client_id, KEY):
        assert secret not in told


@pytest.mark.parametrize(
    ("what_happens", "message", "status"),
    [
        (lambda sandbox: sandbox.control(do="trakt_decide", accept=False), "The user refused", 418),
        (lambda sandbox: sandbox.control(do="clock", advance=601), "The code expired", 410),
        (lambda sandbox: sandbox.control(do="reset", parts=["tokens"]), "does not know the code", 404),
    ],
    ids=["refused", "expired", "forgotten"],
)
def test_a_code_that_leads_nowhere_ends_the_waiting_and_stores_nothing(
    sandbox: RunningSandbox,
    source_url: str,
    what_happens: Callable[[RunningSandbox], object],
    message: str,
    status: int,
) -> None:
    with pytest.raises(SignInNeeded, match=rf"{message}.*catalog trakt login"):
        log_in(sandbox, source_url, lambda _: what_happens(sandbox), before_poll=2)
    assert polls(sandbox) == [400, status]
    assert keep(source_url, settings_of(sandbox)) is None


def test_a_code_used_elsewhere_ends_the_waiting(sandbox: RunningSandbox, source_url: str) -> None:
    def used(code: DeviceCode) -> None:
        accepted(sandbox)(code)
        asked = {
            "code": code.device_code.get_secret_value(),
            "client_id": sandbox.trakt_client_id,
            "client_secret": sandbox.trakt_client_secret,
        }
        agent = {"user-agent": "tests/1.0 (tests@localhost)"}
        assert sandbox.client.post(f"{sandbox.url}/oauth/device/token", json=asked, headers=agent).status_code == 200

    with pytest.raises(SignInNeeded, match="was used already"):
        log_in(sandbox, source_url, used)


def test_who_does_nothing_is_not_asked_for_longer_than_the_code_lives(source_url: str) -> None:
    with running_sandbox(movies=20, options=("--trakt-poll-seconds=250",)) as sandbox:
        sandbox.control(do="fault", path="/oauth/device/token", status=400, times=None)
        with pytest.raises(SignInNeeded, match="after 600 s"):
            log_in(sandbox, source_url, lambda _: None)
        assert polls(sandbox) == [400, 400]


def test_a_poll_that_came_too_fast_is_repeated_when_it_may_be_and_the_next_waits_longer(
    sandbox: RunningSandbox, source_url: str
) -> None:
    sandbox.control(do="fault", path="/oauth/device/token", status=429, retry_after="1", skip=1)
    waits: list[float] = []
    log_in(sandbox, source_url, accepted(sandbox), before_poll=3, waits=waits)
    assert waits == [1, 1, 2]
    assert polls(sandbox) == [400, 429, 400, 200]


def test_who_signs_in_anew_leaves_no_earlier_sign_in_alive(sandbox: RunningSandbox, source_url: str) -> None:
    first, second = signed_in(sandbox, source_url), signed_in(sandbox, source_url)
    assert [(each.replaced, each.failure) for each in (first, second)] == [(False, None), (True, None)]
    assert sign_ins(sandbox) == {"issued": 2, "refreshed": 0, "refused": 0, "revoked": 1, "live": 1}
    assert out(source_url, settings_of(sandbox)) == SignedOut(pages=0, was_signed_in=True)
    assert sign_ins(sandbox)["live"] == 0


@pytest.mark.parametrize("why", ["refused", "another key"])
def test_an_earlier_sign_in_that_cannot_be_withdrawn_is_told_and_stops_nobody(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, why: str
) -> None:
    signed_in(sandbox, source_url)
    if why == "refused":
        sandbox.control(do="fault", path="/oauth/revoke", status=403)
    else:
        other = Fernet(Fernet.generate_key()).encrypt(b"token").decode()
        connection.execute("UPDATE trakt.oauth_tokens SET access_token = %s", (other,))
    second = signed_in(sandbox, source_url)
    assert second.replaced
    assert second.failure is not None
    assert ("HTTP 403" if why == "refused" else "cannot be read") in second.failure
    assert sign_ins(sandbox)["live"] == 2
    # The new pair stands and is good: who signs out gives it up.
    assert out(source_url, settings_of(sandbox)).failure is None
    assert sign_ins(sandbox)["live"] == 1


# -- Kept alive ------------------------------------------------------------------------------------------------------


def ages(sandbox: RunningSandbox, connection: psycopg.Connection, shift_clock: ShiftClock, **by: float) -> None:
    """Time passes for the database and for Trakt."""
    sandbox.control(do="clock", advance=timedelta(**by).total_seconds())
    shift_clock(connection, timedelta(**by))


def test_a_sign_in_is_refreshed_when_a_tenth_of_it_is_left_and_not_before(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    first = signed_in(sandbox, source_url)
    settings = settings_of(sandbox)
    ages(sandbox, connection, shift_clock, days=6, hours=7)
    kept = keep(source_url, settings)
    assert kept is not None
    assert (kept.refreshed, kept.expires_at, sign_ins(sandbox)["refreshed"]) == (False, first.expires_at, 0)

    ages(sandbox, connection, shift_clock, days=6, hours=8)  # the shift is counted from the machine's own time
    kept = keep(source_url, settings)
    assert kept is not None
    assert kept.refreshed
    assert kept.expires_at > first.expires_at
    assert kept.since == first.since
    again = keep(source_url, settings)
    assert again is not None
    assert not again.refreshed
    assert sign_ins(sandbox) == {"issued": 1, "refreshed": 1, "refused": 0, "revoked": 0, "live": 1}


def test_a_short_life_is_refreshed_ten_minutes_before_its_end(
    source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    with running_sandbox(movies=20, options=("--trakt-poll-seconds=0", "--trakt-token-seconds=3600")) as sandbox:
        signed_in(sandbox, source_url)
        for minutes, is_refreshed in ((48, False), (52, True)):
            shift_clock(connection, timedelta(minutes=minutes))
            kept = keep(source_url, settings_of(sandbox))
            assert kept is not None
            assert kept.refreshed is is_refreshed


def test_four_processes_that_find_it_due_refresh_it_once(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    signed_in(sandbox, source_url)
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    variables = {
        **{
            name: value
            for name, value in os.environ.items()
            if name not in {field.upper() for field in Settings.model_fields}
        },
        **sandbox.environment(),
        "SOURCE_DATABASE_URL": source_url,
        "TRAKT_ENABLED": "1",
        "TRAKT_TOKEN_KEY": KEY,
        "TRAKT_CONTACT": "tests@localhost",
    }
    command = [sys.executable, "-m", "tests.trakt.sign_ins"]
    with psycopg.connect(source_url) as holder:
        holder.execute(statement("trakt/lock_sign_in"))
        processes = [
            subprocess.Popen(
                command, env=variables, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
            )
            for _ in range(4)
        ]
        while connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (4,):
            assert all(process.poll() is None for process in processes)
            time.sleep(0.05)
    told = [process.communicate(timeout=120) for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, told
    assert sorted(stdout.splitlines()[-1] for stdout, _ in told) == ["left", "left", "left", "refreshed"]
    assert sign_ins(sandbox) == {"issued": 1, "refreshed": 1, "refused": 0, "revoked": 0, "live": 1}


def test_a_user_who_left_is_told_of_once_and_trakt_is_asked_once(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    signed_in(sandbox, source_url)
    sandbox.control(do="trakt_end_sign_ins")
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    for _ in range(2):
        with pytest.raises(SignInNeeded, match=r"has ended.*catalog trakt login"):
            keep(source_url, settings_of(sandbox))
    assert sign_ins(sandbox)["refused"] == 1
    ended = connection.execute("SELECT ended_at IS NOT NULL, ended_because FROM trakt.oauth_tokens").fetchone()
    assert ended == (True, "Trakt takes its refresh token no more (invalid_grant)")
    signed_in(sandbox, source_url)
    assert connection.execute("SELECT ended_at, ended_because FROM trakt.oauth_tokens").fetchone() == (None, None)


def test_an_outage_leaves_the_pair_as_it_is_for_the_next_time(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    signed_in(sandbox, source_url)
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    before = connection.execute("SELECT * FROM trakt.oauth_tokens").fetchone()
    with pytest.raises(ServiceUnreachable):
        keep(source_url, settings_of(sandbox).model_copy(update={"trakt_auth_base_url": "http://127.0.0.1:9"}))
    sandbox.control(do="fault", path="/oauth/token", status=403)
    with pytest.raises(PermanentServiceError, match="TRAKT_CLIENT_SECRET is wrong"):
        keep(source_url, settings_of(sandbox))
    sandbox.control(do="fault", path="/oauth/token", status=400)
    with pytest.raises(PermanentServiceError, match="HTTP 400"):
        keep(source_url, settings_of(sandbox))
    assert connection.execute("SELECT * FROM trakt.oauth_tokens").fetchone() == before
    kept = keep(source_url, settings_of(sandbox))
    assert kept is not None
    assert kept.refreshed


@pytest.mark.parametrize(
    "body",
    [
        b'{"error":"invalid_client","error_description":"invalid_grant is another word"}',
        b'{"error":"invalid_request"}',
        b'{"error":["invalid_grant"]}',
        b'"invalid_grant"',
        b"invalid_grant",
        b"",
    ],
    ids=repr,
)
def test_no_other_word_than_invalid_grant_ends_a_sign_in(
    sandbox: RunningSandbox,
    source_url: str,
    connection: psycopg.Connection,
    shift_clock: ShiftClock,
    body: bytes,
) -> None:
    signed_in(sandbox, source_url)
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    access = settings_of(sandbox).require_trakt_sign_in()

    async def scene(transport: httpx.AsyncBaseTransport | None) -> SignIn | None:
        database = Database(source_url)
        try:
            async with TraktSignInClient(access, source_url=database.url, pace=QUICK, transport=transport) as client:
                return await refreshed(client, database, access.token_key)
        finally:
            await database.aclose()

    before = connection.execute("SELECT * FROM trakt.oauth_tokens").fetchone()
    refuses = httpx.MockTransport(lambda _: httpx.Response(400, content=body))
    with pytest.raises(PermanentServiceError) as refused:
        asyncio.run(scene(refuses))
    assert (type(refused.value), refused.value.status) == (PermanentServiceError, 400)
    assert connection.execute("SELECT * FROM trakt.oauth_tokens").fetchone() == before
    kept = asyncio.run(scene(None))
    assert kept is not None
    assert kept.refreshed


def test_a_pair_that_was_lost_on_its_way_is_asked_for_in_vain_and_that_is_said(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    signed_in(sandbox, source_url)
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    sandbox.control(do="fault", path="/oauth/token", drop=0)
    with pytest.raises(SignInNeeded, match=r"takes its refresh token no more"):
        keep(source_url, settings_of(sandbox))


def test_tokens_of_another_key_are_not_thrown_away(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, shift_clock: ShiftClock
) -> None:
    signed_in(sandbox, source_url)
    ages(sandbox, connection, shift_clock, days=6, hours=20)
    with pytest.raises(SignInNeeded, match="put back the key"):
        keep(source_url, settings_of(sandbox, key=Fernet.generate_key().decode()))
    with pytest.raises(SettingsError, match="TRAKT_TOKEN_KEY is not set"):
        keep(source_url, settings_of(sandbox, key=None))
    kept = keep(source_url, settings_of(sandbox))
    assert kept is not None
    assert kept.refreshed


def test_nobody_signed_in_and_trakt_off_are_nothing_to_do(sandbox: RunningSandbox, source_url: str) -> None:
    assert keep(source_url, settings_of(sandbox)) is None
    signed_in(sandbox, source_url)
    assert keep(source_url, settings_of(sandbox, is_on=False)) is None
