"""TMDB's client over real HTTP: both forms of its credential, what it is answered, its pace, and what shows no key."""

import asyncio
import io
import json
import pickle
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import httpx
import psycopg
import pytest
import stamina
from pydantic import SecretStr

from resources.client import Answer
from resources.errors import CatalogError, PermanentServiceError, ServiceBusy, SettingsError
from resources.pace import ServicePace
from resources.tmdb import TMDB_PACE, ApiKey, TmdbClient, tmdb_pace
from tests.resources.test_secrets import assert_clean, rows_of_every_table, traces_of
from tests.sandbox_process import RunningSandbox, running_sandbox

KEY = "0a1B2c3D" * 4
QUICK = replace(tmdb_pace(0), rest_s=0.05, slow_s=0.5, timeout_s=0.8, busy_s=0.1)
"""TMDB's rules with short times."""

LIST = "/3/movie/popular"


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=60, tmdb_key=KEY, options=("--tmdb-rate=0", "--tmdb-latency=0")) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    started.control(do="reset")
    return started


@pytest.fixture(params=["v4", "v3"])
def credential(request: pytest.FixtureRequest, started: RunningSandbox) -> str:
    return started.tmdb_token if request.param == "v4" else KEY


@pytest.fixture(autouse=True)
def no_backoff() -> Iterator[None]:
    """Retries happen at once, as many as in production."""
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


def client_of(
    sandbox: RunningSandbox,
    source_url: str,
    credential: str = "",
    *,
    pace: ServicePace = QUICK,
    transport: httpx.AsyncBaseTransport | None = None,
) -> TmdbClient:
    return TmdbClient(
        base_url=sandbox.url,
        api_key=SecretStr(credential or sandbox.tmdb_token),
        source_url=SecretStr(source_url),
        run_id="run-1",
        asset="tmdb/title_details",
        pace=pace,
        transport=transport,
    )


def against(client: TmdbClient, scene: Callable[[TmdbClient], Awaitable[None]]) -> None:
    async def entered() -> None:
        async with client:
            await scene(client)

    asyncio.run(entered())


def film(sandbox: RunningSandbox) -> str:
    return f"/3/movie/{sandbox.truth('tmdb_film', ids=1)['ids'][0]}"


def calls(source_url: str) -> list[tuple[str, int | None]]:
    with psycopg.connect(source_url) as connection:
        return connection.execute("SELECT endpoint, status FROM ops.api_calls ORDER BY call_id").fetchall()


# -- Both forms of the credential ------------------------------------------------------------------------------------


def test_an_answer_is_the_page_as_it_came_with_either_credential(
    sandbox: RunningSandbox, source_url: str, credential: str
) -> None:
    async def scene(client: TmdbClient) -> None:
        path = film(sandbox)
        params = {"append_to_response": "credits,watch/providers", "language": "en-US"}
        answer = await client.get(path, params)
        assert answer.body == sandbox.tmdb(path.removeprefix("/3"), **params).content
        assert (answer.path, answer.params, answer.status) == (path, params, 200)
        assert answer.etag is not None
        with psycopg.connect(source_url) as connection:
            row = connection.execute("SELECT service, endpoint, status, run_id, asset FROM ops.api_calls").fetchone()
        assert row == ("tmdb", path, 200, "run-1", "tmdb/title_details")

    against(client_of(sandbox, source_url, credential), scene)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "ab" * 15, "ab" * 17, "xy" * 16, "Bearer aaa.bbb.ccc", "aaa.bbb", "aaa.bbb.ccc\n", "aaa.bbb.c c"],
)
def test_a_text_of_neither_form_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(SettingsError, match=r"32 hexadecimal characters.*three parts") as refused:
        ApiKey(SecretStr(text))
    assert not text.strip() or text.strip() not in str(refused.value)


FAULTS: list[dict[str, object]] = [
    {"status": 400},
    {"status": 401},
    {"status": 403},
    {"status": 404},
    {"status": 429, "retry_after": "0", "times": 99},
    {"status": 500, "times": 99},
    {"drop": 0.0, "times": 99},
    {"drop": 0.5, "times": 99},
    {"seconds": 30, "times": 99},
]
"""Every way in which a request fails."""


def fail_in_every_way(sandbox: RunningSandbox, source_url: str, credential: str) -> list[CatalogError]:
    """Ask once for each fault, with a client and a pace of its own, and return the errors."""

    async def ask(client: TmdbClient) -> None:
        assert_clean("the client", [repr(client), str(vars(client))], [credential])
        await client.get(LIST, {"page": "1"})

    errors = []
    for fault in FAULTS:
        sandbox.control(do="reset")
        sandbox.control(do="fault", **fault)
        with psycopg.connect(source_url, autocommit=True) as connection:
            connection.execute("DELETE FROM ops.pace")
        with pytest.raises(CatalogError) as failed:
            against(client_of(sandbox, source_url, credential, pace=replace(QUICK, busy_s=0.0)), ask)
        errors.append(failed.value)
    return errors


def test_no_key_is_left_in_logs_tables_or_errors(
    sandbox: RunningSandbox, source_url: str, log_text: io.StringIO, credential: str
) -> None:
    for error in fail_in_every_way(sandbox, source_url, credential):
        assert_clean(f"an error: {type(error).__name__}", list(traces_of(error)), [credential])
        assert_clean("a pickled error", [pickle.dumps(error).decode("latin-1")], [credential])
    sandbox.control(do="reset")

    async def succeed(client: TmdbClient) -> None:
        await client.get(LIST, {"page": "1"})

    with psycopg.connect(source_url, autocommit=True) as connection:
        connection.execute("DELETE FROM ops.pace")
    against(client_of(sandbox, source_url, credential), succeed)

    written = log_text.getvalue()
    assert "HTTP Request: GET" in written  # httpx's line, which has the address
    assert "send_request_headers" in written  # httpcore's
    assert written.count("called") > len(FAULTS)
    assert_clean("the logs", [written], [credential, "api_key", "Bearer"])
    rows = list(rows_of_every_table(source_url))
    assert any(row.startswith("ops.api_calls") for row in rows)
    assert_clean("the tables", rows, [credential])


def test_what_httpx_keeps_of_a_request_is_unsigned(sandbox: RunningSandbox, source_url: str, credential: str) -> None:
    async def scene(client: TmdbClient) -> None:
        response = await client._http.get(LIST, params={"page": "1"})
        assert response.status_code == 200
        assert str(response.request.url) == f"{sandbox.url}{LIST}?page=1"
        assert "authorization" not in response.request.headers

    against(client_of(sandbox, source_url, credential), scene)


def test_what_is_sent_shows_no_key_as_text(sandbox: RunningSandbox, source_url: str, credential: str) -> None:
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(200, json={})

    async def scene(client: TmdbClient) -> None:
        await client.get(LIST, {"page": "1"})
        assert credential in f"{sent[0].url} {sent[0].headers.get('authorization')}"
        assert_clean("the request", [repr(sent[0])], [credential])

    against(client_of(sandbox, source_url, credential, transport=httpx.MockTransport(answer)), scene)


def test_a_refusal_that_repeats_the_key_is_told_without_it_wherever_it_is_cut(
    sandbox: RunningSandbox, source_url: str, credential: str
) -> None:
    def refusal(_: httpx.Request) -> httpx.Response:
        return httpx.Response(400, text=f"{'.' * 190}{credential}")

    async def scene(client: TmdbClient) -> None:
        with pytest.raises(PermanentServiceError) as refused:
            await client.get(LIST, {})
        assert credential[:4] not in str(refused.value)

    against(client_of(sandbox, source_url, credential, transport=httpx.MockTransport(refusal)), scene)


def test_neither_client_nor_credential_can_be_pickled(sandbox: RunningSandbox, source_url: str) -> None:
    for held in (client_of(sandbox, source_url), ApiKey(SecretStr(KEY))):
        with pytest.raises(TypeError, match="holds a secret"):
            pickle.dumps(held)


# -- What it is answered ---------------------------------------------------------------------------------------------


def test_a_version_that_is_known_is_answered_with_304_and_no_body(
    sandbox: RunningSandbox, source_url: str, credential: str
) -> None:
    async def scene(client: TmdbClient) -> None:
        path = film(sandbox)
        first = await client.get(path, {})
        again = await client.get(path, {}, etag=first.etag)
        assert (again.status, again.body, again.etag) == (304, b"", first.etag)
        sandbox.control(do="tmdb_change", ids=[int(path.rpartition("/")[2])])
        changed = await client.get(path, {}, etag=first.etag)
        assert (changed.status, changed.etag == first.etag) == (200, False)
        assert changed.body != first.body

    against(client_of(sandbox, source_url, credential), scene)


def test_a_304_that_nothing_asked_for_is_no_answer(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(client: TmdbClient) -> None:
        with pytest.raises(PermanentServiceError, match="HTTP 304"):
            await client.get(LIST, {})

    against(client_of(sandbox, source_url, transport=httpx.MockTransport(lambda _: httpx.Response(304))), scene)


def test_a_title_that_is_gone_is_a_permanent_error_with_its_status(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(client: TmdbClient) -> None:
        with pytest.raises(PermanentServiceError) as gone:
            await client.get("/3/movie/1", {})
        assert (gone.value.status, gone.value.service, gone.value.endpoint) == (404, "tmdb", "/3/movie/1")
        assert calls(source_url) == [("/3/movie/1", 404)]

    against(client_of(sandbox, source_url), scene)


@pytest.mark.parametrize("wrong", ["wrong.wrong.wrong", "ff" * 16], ids=["v4", "v3"])
def test_a_wrong_key_is_asked_with_once_and_the_error_names_its_variable(
    sandbox: RunningSandbox, source_url: str, wrong: str
) -> None:
    async def scene(client: TmdbClient) -> None:
        with pytest.raises(PermanentServiceError, match=r"HTTP 401.*TMDB_API_KEY is wrong") as refused:
            await client.get(LIST, {})
        assert wrong not in str(refused.value)
        assert calls(source_url) == [(LIST, 401)]

    against(client_of(sandbox, source_url, wrong), scene)


def test_a_403_is_not_asked_again_since_there_is_no_other_key(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=403, times=None)

    async def scene(client: TmdbClient) -> None:
        for _ in range(2):
            with pytest.raises(PermanentServiceError, match=r"HTTP 403.*TMDB_API_KEY"):
                await client.get(LIST, {})
        assert calls(source_url) == [(LIST, 403)] * 2

    against(client_of(sandbox, source_url), scene)


def test_a_429_that_names_no_time_is_waited_out_twice_as_long_each_time(
    sandbox: RunningSandbox, source_url: str
) -> None:
    async def scene(client: TmdbClient) -> None:
        await client.get(LIST, {})
        sandbox.control(do="pace", service="tmdb", rate=1)
        assert (await client.get(LIST, {})).status == 200
        assert client.counts.refused >= 2
        with psycopg.connect(source_url) as connection:
            rows = connection.execute("SELECT sent_at FROM ops.api_calls ORDER BY call_id OFFSET 1").fetchall()
        waited = [(later - first).total_seconds() for (first,), (later,) in pairwise(rows)]
        assert len(waited) == client.counts.refused
        assert all(seconds >= QUICK.busy_s * 2**at for at, seconds in enumerate(waited))

    against(client_of(sandbox, source_url), scene)


def test_a_lasting_429_ends(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=429, retry_after="0", times=None)

    async def scene(client: TmdbClient) -> None:
        with pytest.raises(ServiceBusy):
            await client.get(LIST, {})
        assert calls(source_url) == [(LIST, 429)] * 6

    against(client_of(sandbox, source_url, pace=replace(QUICK, busy_s=0.01)), scene)


def test_a_server_error_begins_a_rest_after_which_the_page_is_asked_again(
    sandbox: RunningSandbox, source_url: str
) -> None:
    sandbox.control(do="fault", status=503)

    async def scene(client: TmdbClient) -> None:
        answer = await client.get(LIST, {})
        assert (answer.attempts, json.loads(answer.body)["page"]) == (2, 1)

    against(client_of(sandbox, source_url), scene)


# -- Pace ------------------------------------------------------------------------------------------------------------


@pytest.mark.alone
def test_four_requests_at_once_keep_twenty_a_second_and_a_limiter_of_forty_refuses_none(source_url: str) -> None:
    options = ("--tmdb-rate=40", "--tmdb-latency=0.12")
    with running_sandbox(movies=60, options=options) as sandbox:

        async def scene(client: TmdbClient) -> None:
            answers: list[Answer] = await asyncio.gather(*(client.get(LIST, {"page": "1"}) for _ in range(40)))
            assert {answer.status for answer in answers} == {200}

        against(client_of(sandbox, source_url, pace=TMDB_PACE), scene)
        ledger = sandbox.truth()["ledger"]["tmdb"]
    assert (ledger["accepted"], ledger["refused"]) == (40, 0)
    on_time = 1.02 * TMDB_PACE.interval_s * 39
    # If the first is late, the others make up for it; one by one they would take more than twice the time.
    assert TMDB_PACE.closest * TMDB_PACE.interval_s * 39 - 0.1 <= ledger["arrivals"][-1] <= 1.5 * on_time
