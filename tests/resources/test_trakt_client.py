"""Trakt's client over real HTTP: what it carries, what it is answered, both kinds of 429, and what shows no secret."""

import asyncio
import io
import pickle
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace

import psycopg
import pytest
import stamina
from pydantic import SecretStr

from resources.client import Answer
from resources.errors import CatalogError, PermanentServiceError, ServiceBusy, ServiceResting
from resources.pace import ServicePace
from resources.trakt import ClientId, TraktClient, trakt_headers, trakt_pace
from resources.trakt_sign_in import SIGN_IN_PACE, TraktSignInClient
from tests.resources.test_secrets import assert_clean, rows_of_every_table, traces_of
from tests.sandbox_process import RunningSandbox, running_sandbox
from tests.trakt.sign_ins import settings_of

QUICK = replace(trakt_pace(0), rest_s=0.05, slow_s=0.5, timeout_s=0.8, busy_s=0.1, gateway_s=0.3)
"""Trakt's rules with short times."""

LIST = "/movies/watched/daily"
PAGE = {"page": "1", "limit": "20"}


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=60) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    started.control(do="reset")
    return started


@pytest.fixture(autouse=True)
def no_backoff() -> Iterator[None]:
    """Retries happen at once, as many as in production."""
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


def client_of(
    sandbox: RunningSandbox, source_url: str, client_id: str = "", *, pace: ServicePace = QUICK
) -> TraktClient:
    return TraktClient(
        base_url=sandbox.url,
        client_id=SecretStr(client_id or sandbox.trakt_client_id),
        contact="tests@localhost",
        source_url=SecretStr(source_url),
        run_id="run-1",
        asset="trakt/trending_pages",
        pace=pace,
    )


def against(client: TraktClient, scene: Callable[[TraktClient], Awaitable[None]]) -> None:
    async def entered() -> None:
        async with client:
            await scene(client)

    asyncio.run(entered())


def calls(source_url: str) -> list[tuple[str, int | None]]:
    with psycopg.connect(source_url) as connection:
        return connection.execute("SELECT endpoint, status FROM ops.api_calls ORDER BY call_id").fetchall()


def test_an_answer_is_the_page_as_it_came_without_any_users_token_and_a_known_one_is_304(
    sandbox: RunningSandbox, source_url: str
) -> None:
    async def scene(client: TraktClient) -> None:
        answer = await client.get(LIST, PAGE)
        assert answer.body == sandbox.trakt(LIST, **PAGE).content
        assert (answer.path, answer.params, answer.status) == (LIST, PAGE, 200)
        assert answer.etag is not None
        assert (await client.get(LIST, PAGE, answer.etag)).status == 304

    against(client_of(sandbox, source_url), scene)
    assert sandbox.truth("trakt")["with_a_token"] == 0
    with psycopg.connect(source_url) as connection:
        row = connection.execute("SELECT service, endpoint, status, run_id, asset FROM ops.api_calls").fetchone()
    assert row == ("trakt", LIST, 200, "run-1", "trakt/trending_pages")


@pytest.mark.parametrize(
    ("contact", "named"),
    [("ops@example.org", "ops@example.org"), ("https://example.org/who", "+https://example.org/who")],
)
def test_the_agent_says_its_version_and_whom_to_write_to(contact: str, named: str) -> None:
    agent = trakt_headers(contact)["user-agent"]
    assert re.fullmatch(rf"catalog-platform/\d+\.\d+\S* \({re.escape(named)}\)", agent)


def test_an_id_that_is_refused_is_asked_once_and_shown_nowhere(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(client: TraktClient) -> None:
        with pytest.raises(PermanentServiceError, match=r"HTTP 403.*TRAKT_CLIENT_ID is wrong") as refused:
            await client.get(LIST, {})
        assert wrong not in str(refused.value)

    wrong = "0a1b2c3d" * 8
    against(client_of(sandbox, source_url, wrong), scene)
    assert calls(source_url) == [(LIST, 403)]


def test_trakts_own_429_is_waited_out_as_it_says(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=429, retry_after="1")

    async def scene(client: TraktClient) -> None:
        answer = await client.get(LIST, PAGE)
        assert (answer.status, answer.attempts) == (200, 2)
        assert answer.waited_s > 0.9

    against(client_of(sandbox, source_url), scene)


def test_a_gateways_429_is_waited_out_longer_each_time_whatever_it_says(
    sandbox: RunningSandbox, source_url: str
) -> None:
    assert (trakt_pace().gateway_s, trakt_pace().rest_s, trakt_pace().at_once) == (60, 30, 4)
    sandbox.control(do="fault", status=429, retry_after="0", body="html", times=2)

    async def scene(client: TraktClient) -> None:
        assert (await client.get(LIST, PAGE)).attempts == 3

    against(client_of(sandbox, source_url), scene)
    with psycopg.connect(source_url) as connection:
        rows = connection.execute("SELECT sent_at FROM ops.api_calls ORDER BY call_id").fetchall()
    first, second, third = (row[0] for row in rows)
    assert (second - first).total_seconds() >= 0.3
    assert (third - second).total_seconds() >= 0.6


def test_a_lasting_429_ends_and_server_errors_end_after_the_rests_of_a_run(
    sandbox: RunningSandbox, source_url: str
) -> None:
    async def scene(client: TraktClient) -> None:
        sandbox.control(do="fault", status=429, retry_after="0", times=6)
        with pytest.raises(ServiceBusy):
            await client.get(LIST, {})
        sandbox.control(do="fault", status=502)
        assert (await client.get(LIST, {})).attempts == 2
        sandbox.control(do="fault", status=503, times=None)
        with pytest.raises(ServiceResting):
            await client.get(LIST, {})

    against(client_of(sandbox, source_url, pace=replace(QUICK, busy_s=0.01)), scene)


@pytest.mark.parametrize("status", [401, 404])
def test_what_stays_so_is_not_asked_again(sandbox: RunningSandbox, source_url: str, status: int) -> None:
    sandbox.control(do="fault", status=status, times=None)

    async def scene(client: TraktClient) -> None:
        with pytest.raises(PermanentServiceError, match=f"HTTP {status}"):
            await client.get(LIST, {})

    against(client_of(sandbox, source_url), scene)
    assert calls(source_url) == [(LIST, status)]


def test_a_client_and_its_credential_are_never_pickled(sandbox: RunningSandbox, source_url: str) -> None:
    for made in (client_of(sandbox, source_url), ClientId(SecretStr("a-client-id"))):
        with pytest.raises(TypeError, match=r"own settings|process that uses it"):
            pickle.dumps(made)


@pytest.mark.alone
def test_four_requests_at_once_keep_the_pace_and_a_rest_of_the_sign_in_holds_none_of_them_up(
    sandbox: RunningSandbox, source_url: str
) -> None:
    async def scene(client: TraktClient) -> None:
        access = settings_of(sandbox).require_trakt_sign_in()
        pace = replace(SIGN_IN_PACE, rest_s=60.0)
        async with TraktSignInClient(access, source_url=SecretStr(source_url), pace=pace) as sign_in:
            sandbox.control(do="fault", path="/oauth/device/code", status=503)
            resting = asyncio.create_task(sign_in.device_code())
            while ("/oauth/device/code", 503) not in calls(source_url):  # noqa: ASYNC110 - the table tells, no event
                await asyncio.sleep(0.01)
            answers: list[Answer] = await asyncio.gather(*(client.get(LIST, PAGE) for _ in range(5)))
            resting.cancel()
        assert {answer.status for answer in answers} == {200}

    against(client_of(sandbox, source_url, pace=trakt_pace()), scene)
    ledger = sandbox.truth("trakt")["ledger"]
    assert ledger["trakt"]["least_spacing"] >= 1 / 1.6 - 0.05
    assert ledger["trakt_sign_in"]["accepted"] == 1


FAULTS: list[dict[str, object]] = [
    {"status": 401},
    {"status": 403},
    {"status": 429, "retry_after": "0", "times": 99},
    {"status": 500, "times": 99},
    {"drop": 0.5, "times": 99},
    {"body": "html"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_no_error_log_or_table_shows_what_opens_trakt(
    sandbox: RunningSandbox, source_url: str, log_text: io.StringIO, fault: dict[str, object]
) -> None:
    settings = settings_of(sandbox)
    access = settings.require_trakt_sign_in()
    token = SecretStr("f1e2d3c4" * 8)
    errors: list[CatalogError] = []

    async def scene() -> None:
        pace = replace(SIGN_IN_PACE, interval_s=0.0, rest_s=0.01, busy_s=0.01, gateway_s=0.01)
        async with TraktSignInClient(access, source_url=SecretStr(source_url), pace=pace) as client:
            for call in (client.device_code, lambda: client.refresh(token), lambda: client.revoke(token)):
                sandbox.control(do="reset", parts=["faults"])
                sandbox.control(do="fault", **fault)
                try:
                    await call()
                except CatalogError as error:
                    errors.append(error)

    asyncio.run(scene())
    assert errors
    secrets = [token, access.client_id, access.client_secret, access.token_key]
    hidden = [secret.get_secret_value() for secret in secrets]
    for error in errors:
        assert_clean("an error", [*traces_of(error), pickle.dumps(error).decode("latin-1")], hidden)
    assert "send_request_headers" in log_text.getvalue()  # httpcore's lines
    assert_clean("the logs", [log_text.getvalue()], hidden)
    assert_clean("the tables", list(rows_of_every_table(source_url)), hidden)
    assert_clean("the settings", [repr(settings), repr(access)], hidden)
