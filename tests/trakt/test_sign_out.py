"""Signing out of Trakt: the sign-in is withdrawn and everything gone, whoever works beside it, wherever it is cut."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest
from cryptography.fernet import Fernet
from pydantic import SecretStr

from catalog_assets.streaming.retention import Removed, remove_trakt
from catalog_assets.trakt.sign_in import SignedOut
from catalog_assets.trakt.trending_assets import trakt_trending_pages
from resources.client import Answer
from resources.dagster_resources import SourceDatabase, Trakt
from resources.errors import SettingsError, SignInNeeded
from resources.settings import Settings
from resources.statements import statement
from resources.trakt import TraktClient
from resources.trakt_sign_in import TraktSignInClient
from tests.sandbox_process import RunningSandbox
from tests.trakt.sign_ins import keep, out, settings_of, sign_ins, signed_in

pytestmark = pytest.mark.usefixtures("no_backoff")


def fill(connection: psycopg.Connection) -> None:
    """A stored answer of Trakt, and whose it is."""
    connection.execute("INSERT INTO ops.origins VALUES ('trakt', 'https://api.trakt.tv', now())")
    connection.execute(
        """
        INSERT INTO trakt.pages (
            service, endpoint, rule, cache_key, path, params, status, sent_at, received_at, body, body_bytes,
            body_sha256, run_id
        ) VALUES ('trakt', 'trending', 'trakt_trending', 'key', '/', '{}', 200, now(), now(), '[]', 2, '', 'run')
        """
    )


def beside(work: Callable[[], object]) -> object:
    """What comes of work that has a loop of its own, in a thread."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(work).result(timeout=60)


Told = Callable[[Callable[[], object], Callable[[], object]], None]


@pytest.fixture
def while_told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What happens right before and right after Trakt is told the first time that a sign-in ends."""

    def install(before: Callable[[], object], after: Callable[[], object]) -> None:
        happens = [after, before]
        revoke = TraktSignInClient.revoke

        async def slow(client: TraktSignInClient, access_token: SecretStr) -> None:
            if happens:
                happens.pop()()
            await revoke(client, access_token)
            if happens:
                happens.pop()()

        monkeypatch.setattr(TraktSignInClient, "revoke", slow)

    return install


class Killed(BaseException):
    """As where a process ends: nothing catches it."""


def nothing() -> None:
    """Nothing happens."""


def left(connection: psycopg.Connection) -> dict[str, int]:
    """Rows in every table of the schema, and the stamp."""
    names = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'trakt'").fetchall()
    assert {("pages",), ("oauth_tokens",)} <= set(names)
    counts = {}
    for (name,) in names:
        row = connection.execute(f"SELECT count(*) FROM trakt.{name}".encode()).fetchone()  # noqa: S608 - names of tables
        counts[name] = row[0] if row else -1
    stamp = connection.execute("SELECT count(*) FROM ops.origins WHERE service = 'trakt'").fetchone()
    return {**counts, "origin": stamp[0] if stamp else -1}


@pytest.mark.parametrize("is_on", [True, False], ids=["on", "off"])
def test_signing_out_withdraws_the_tokens_and_removes_all_that_came_from_trakt(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, is_on: bool
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)
    assert out(source_url, settings_of(sandbox, is_on=is_on)) == SignedOut(pages=1, was_signed_in=True)
    assert set(left(connection).values()) == {0}
    assert sign_ins(sandbox) == {"issued": 1, "refreshed": 0, "refused": 0, "revoked": 1, "live": 0}
    assert out(source_url, settings_of(sandbox)) == SignedOut(pages=0, was_signed_in=False)


@pytest.mark.parametrize("why", ["refused", "no answer", "without credentials", "another key"])
def test_everything_is_removed_also_where_trakt_cannot_be_told_and_that_is_said(
    sandbox: RunningSandbox,
    source_url: str,
    connection: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    why: str,
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)
    settings, message = settings_of(sandbox), "HTTP 403"
    if why == "refused":
        sandbox.control(do="fault", path="/oauth/revoke", status=403)
    elif why == "no answer":
        monkeypatch.setattr("catalog_assets.trakt.sign_in.REVOKED_WITHIN_S", 0.5)
        sandbox.control(do="fault", path="/oauth/revoke", seconds=20)
        message = "no answer within 0.5 s"
    elif why == "without credentials":
        settings, message = Settings(), "TRAKT_CLIENT_ID and TRAKT_CLIENT_SECRET and TRAKT_TOKEN_KEY are not set"
    else:
        settings, message = settings_of(sandbox, key=Fernet.generate_key().decode()), "cannot be read"
    done = out(source_url, settings)
    assert done.pages == 1
    assert done.failure is not None
    assert message in done.failure
    assert set(left(connection).values()) == {0}
    if why != "no answer":  # it may have been told all the same
        assert sign_ins(sandbox)["live"] == 1


def test_signing_out_needs_no_contact(sandbox: RunningSandbox, source_url: str) -> None:
    signed_in(sandbox, source_url)
    settings = settings_of(sandbox, is_on=False).model_copy(update={"trakt_contact": None})
    with pytest.raises(SettingsError, match="TRAKT_CONTACT is not set"):
        settings.require_trakt_sign_in()
    assert out(source_url, settings) == SignedOut(pages=0, was_signed_in=True)
    assert sign_ins(sandbox)["live"] == 0


def test_who_signs_out_and_the_daily_removal_wait_for_each_other(
    source_url: str, connection: psycopg.Connection
) -> None:
    fill(connection)
    keep = {"keep": timedelta(days=-1)}
    with psycopg.connect(source_url) as daily:  # as catalog_assets.streaming.retention.remove_trakt
        daily.execute(statement("streaming/lock_trending"))
        daily.execute(statement("trakt/delete_old_snapshots"), keep)
        with ThreadPoolExecutor(1) as thread:
            leaving = thread.submit(out, source_url, Settings())
            while connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (1,):
                time.sleep(0.01)
            removed = daily.execute(statement("trakt/delete_expired_pages"), keep).fetchone()
            daily.commit()
            assert leaving.result(timeout=30) == SignedOut(pages=0, was_signed_in=False)
    assert removed == (1, 2)


def test_the_daily_removal_where_trakt_is_off_waits_for_who_signs_out(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)
    with psycopg.connect(source_url) as holder, ThreadPoolExecutor(2) as threads:
        holder.execute(statement("trakt/lock_sign_in"))
        leaving = threads.submit(out, source_url, settings_of(sandbox, is_on=False))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        while connection.execute(waiting).fetchone() != (1,):
            time.sleep(0.01)

        def daily() -> Removed:
            with psycopg.connect(source_url, autocommit=True) as own:
                return remove_trakt(own, is_off=True)

        removing = threads.submit(daily)
        while connection.execute(waiting).fetchone() != (2,):
            time.sleep(0.01)
        holder.commit()
        done, removed = leaving.result(timeout=30), removing.result(timeout=30)
    assert (done.was_signed_in, done.failure, done.pages + removed.pages) == (True, None, 1)
    assert set(left(connection).values()) == {0}
    assert sign_ins(sandbox)["live"] == 0


def test_two_that_remove_everything_at_once_wait_for_each_other(
    source_url: str, connection: psycopg.Connection
) -> None:
    fill(connection)
    with psycopg.connect(source_url) as first:
        first.execute(statement("trakt/lock_sign_in"))
        first.execute(statement("trakt/read_sign_in"))
        with ThreadPoolExecutor(1) as thread:
            second = thread.submit(out, source_url, Settings())
            while connection.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone() != (1,):
                time.sleep(0.01)
            assert first.execute(statement("trakt/remove_everything")).fetchone() == (1,)
            first.commit()
            assert second.result(timeout=30) == SignedOut(pages=0, was_signed_in=False)


def test_nobody_waits_for_trakt_while_it_is_told(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, while_told: Told
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)
    seen = []

    def look() -> None:
        connection.execute("SET lock_timeout = '5s'")
        for name in ("streaming/lock_trending", "trakt/lock_sign_in"):
            connection.execute(statement(name))
        within = connection.execute("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'")
        seen.append((within.fetchone(), left(connection)["oauth_tokens"]))

    while_told(look, look)
    assert out(source_url, settings_of(sandbox)) == SignedOut(pages=1, was_signed_in=True)
    assert seen == [((0,), 1)] * 2  # and the tokens stand until Trakt was told


@pytest.mark.parametrize("cut", ["before", "after"])
@pytest.mark.parametrize("again", ["out", "in"])
def test_who_is_cut_off_leaves_no_token_that_nobody_knows(
    sandbox: RunningSandbox,
    source_url: str,
    connection: psycopg.Connection,
    while_told: Told,
    *,
    cut: str,
    again: str,
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)

    def end() -> None:
        raise Killed

    while_told(*((end, nothing) if cut == "before" else (nothing, end)))
    with pytest.raises(Killed):
        out(source_url, settings_of(sandbox))
    assert (left(connection)["oauth_tokens"], left(connection)["pages"]) == (1, 1)
    assert sign_ins(sandbox)["live"] == (1 if cut == "before" else 0)
    with pytest.raises(SignInNeeded, match="catalog trakt logout` began; if it was cut off, run it again"):
        keep(source_url, settings_of(sandbox))

    if again == "in":
        assert signed_in(sandbox, source_url).replaced
        assert sign_ins(sandbox)["live"] == 1
    done = out(source_url, settings_of(sandbox))
    assert done == SignedOut(pages=1, was_signed_in=True)
    assert sign_ins(sandbox)["live"] == 0
    assert set(left(connection).values()) == {0}


def test_a_refresh_that_comes_meanwhile_leaves_the_pair_alone(
    sandbox: RunningSandbox,
    source_url: str,
    connection: psycopg.Connection,
    while_told: Told,
    shift_clock: Callable[[psycopg.Connection, timedelta], None],
) -> None:
    signed_in(sandbox, source_url)
    shift_clock(connection, timedelta(days=6, hours=20))

    def refresh() -> None:
        with pytest.raises(SignInNeeded, match="catalog trakt logout` began"):
            beside(lambda: keep(source_url, settings_of(sandbox)))

    while_told(refresh, refresh)
    assert out(source_url, settings_of(sandbox)).failure is None
    assert sign_ins(sandbox) == {"issued": 1, "refreshed": 0, "refused": 0, "revoked": 1, "live": 0}
    assert keep(source_url, settings_of(sandbox)) is None


def test_who_signs_in_meanwhile_is_signed_out_as_well(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, while_told: Told
) -> None:
    signed_in(sandbox, source_url)
    fill(connection)
    while_told(nothing, lambda: beside(lambda: signed_in(sandbox, source_url)))
    assert out(source_url, settings_of(sandbox)) == SignedOut(pages=1, was_signed_in=True)
    assert sign_ins(sandbox)["live"] == 0
    assert set(left(connection).values()) == {0}


def test_a_run_that_was_under_way_stores_nothing_any_more(
    sandbox: RunningSandbox, source_url: str, connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    signed_in(sandbox, source_url)
    urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
    on = {"TRAKT_ENABLED": "1", "TRAKT_CONTACT": "tests@localhost", "SANDBOX_TRAKT_RATE": "0"}
    for name, value in {**sandbox.environment(), **urls, **on, "CATALOG_ORIGIN_TRAKT": "sandbox:1"}.items():
        monkeypatch.setenv(name, value)
    get, asked = TraktClient.get, []

    async def slow(client: TraktClient, *given: Any, **more: Any) -> Answer:
        asked.append(client)
        answer = await get(client, *given, **more)
        if len(asked) == 2:
            beside(lambda: out(source_url, settings_of(sandbox)))
        return answer

    def materialized() -> dg.ExecuteInProcessResult:
        return dg.materialize(
            [trakt_trending_pages],
            partition_key=datetime.now(UTC).strftime("%Y-%m-%d-%H:00"),
            resources={"source": SourceDatabase(), "trakt": Trakt()},
            raise_on_error=False,
        )

    monkeypatch.setattr(TraktClient, "get", slow)
    (failure,) = (event.step_failure_data for event in materialized().all_events if event.is_step_failure)
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "was removed while this run asked it" in str(failure.user_failure_data.description)
    assert set(left(connection).values()) == {0}
    assert materialized().success  # Trakt is still on, so that the next run asks again
    assert left(connection)["pages"] == 4
