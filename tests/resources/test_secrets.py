"""The secret and the tokens made from it are looked for everywhere that a client could leave them."""

import asyncio
import io
import json
import pickle
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from types import FrameType, TracebackType

import psutil
import psycopg
import pytest
from psycopg import sql
from pydantic import SecretStr

from resources.edgeauth import EdgeAuth, TokenRecord
from resources.errors import BudgetSpent, CatalogError
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.pace import Budget, ServicePace
from resources.statements import statement
from tests.resources.test_processes import start_asker
from tests.sandbox_process import RunningSandbox, running_sandbox

QUICK = replace(HOTSTAR_PACE, interval_s=0.0, rest_s=0.05, slow_s=0.3, timeout_s=0.5)

FAULTS: list[dict[str, object]] = [
    {"status": 400},
    {"status": 401},
    {"status": 403, "times": 2},
    {"status": 404},
    {"status": 429, "retry_after": "0", "times": 99},
    {"status": 500, "times": 99},
    {"drop": 0.0, "times": 99},
    {"drop": 0.5, "times": 99},
    {"seconds": 30, "times": 99},
]
"""Every way in which a request fails."""


@pytest.fixture(scope="module")
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=30) as started:
        yield started


@pytest.fixture
def tokens(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every token that is made."""
    made: list[str] = []
    make = EdgeAuth.token

    def spied(self: EdgeAuth) -> tuple[str, TokenRecord]:
        token, record = make(self)
        made.append(token)
        return token, record

    monkeypatch.setattr(EdgeAuth, "token", spied)
    return made


def fail_in_every_way(sandbox: RunningSandbox, source_url: str) -> list[CatalogError]:
    """Ask once for each fault, with a client and a pace of its own, and return the errors."""

    async def keep(token: TokenRecord) -> None:
        async with await psycopg.AsyncConnection.connect(source_url, autocommit=True) as connection:
            await connection.execute(
                statement("hotstar/record_token"),
                {"fingerprint": token.fingerprint, "generated_at": token.generated_at, "expires_at": token.expires_at},
            )

    async def ask(pace: ServicePace = QUICK) -> None:
        async with HotstarClient(
            base_url=sandbox.url,
            partner_id=sandbox.partner,
            akamai_secret=SecretStr(sandbox.secret),
            source_url=SecretStr(source_url),
            on_token=keep,
            pace=pace,
        ) as client:
            assert_clean("the client", [repr(client), str(vars(client))], [sandbox.secret])
            with pytest.raises(TypeError, match="holds a secret"):
                pickle.dumps(client)
            await client.get("/movie/search", {"orderBy": "contentId", "order": "asc", "offset": "0", "size": "1"})

    errors = []
    for fault in FAULTS:
        sandbox.control(do="reset")
        sandbox.control(do="fault", **fault)
        with psycopg.connect(source_url, autocommit=True) as connection:
            connection.execute("DELETE FROM ops.pace")
        with pytest.raises(CatalogError) as failed:
            asyncio.run(ask())
        errors.append(failed.value)
    sandbox.control(do="reset")
    asyncio.run(ask())
    with pytest.raises(BudgetSpent) as spent:
        asyncio.run(ask(replace(QUICK, budgets=(Budget("day", "UTC", 0),))))
    return [*errors, spent.value]


def assert_clean(where: str, texts: list[str], hidden: list[str]) -> None:
    for text in texts:
        for credential in hidden:
            assert credential.lower() not in text.lower(), where
        assert not re.search(r"hmac=[0-9a-f]", text), where


def traces_of(error: BaseException) -> Iterator[str]:
    """An error as text in every form, with its causes, and the variables of every frame it passed."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        part = waiting.pop()
        if part is None or id(part) in seen:
            continue
        seen.add(id(part))
        yield from (str(part), repr(part), repr(vars(part)), "".join(traceback.format_exception(part)))
        for frame in frames_of(part.__traceback__):
            # A test's own variables hold the secret that it gave.
            if "/resources/" in frame.f_code.co_filename and "/tests/" not in frame.f_code.co_filename:
                yield from (repr(value) for value in frame.f_locals.values())
        waiting += [part.__cause__, part.__context__]


def frames_of(trace: TracebackType | None) -> Iterator[FrameType]:
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def rows_of_every_table(source_url: str) -> Iterator[str]:
    with psycopg.connect(source_url) as connection:
        tables = connection.execute(
            "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        for schema, table in tables:
            rows = connection.execute(sql.SQL("SELECT t::text FROM {} AS t").format(sql.Identifier(schema, table)))
            yield from (f"{schema}.{table}: {row[0]}" for row in rows)


def test_no_credential_is_left_in_logs_tables_or_errors(
    sandbox: RunningSandbox, source_url: str, log_text: io.StringIO, tokens: list[str]
) -> None:
    errors = fail_in_every_way(sandbox, source_url)
    hidden = [sandbox.secret, *{token.rpartition("hmac=")[2] for token in tokens}]
    assert len(hidden) >= 2

    assert log_text.getvalue().count("called") > len(FAULTS)
    assert_clean("the logs", [log_text.getvalue()], hidden)

    rows = list(rows_of_every_table(source_url))
    assert any(row.startswith("ops.api_calls") for row in rows)
    assert any(row.startswith("hotstar.hotstar_api_tokens") for row in rows)
    assert_clean("the tables", rows, hidden)

    for error in errors:
        assert_clean(f"an error: {type(error).__name__}", list(traces_of(error)), hidden)
        copied = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in the line before
        assert (type(copied), str(copied)) == (type(error), str(error))
        assert_clean("a pickled error", [pickle.dumps(error).decode("latin-1")], hidden)


def test_no_process_shows_a_credential_in_its_arguments_or_its_output(sandbox: RunningSandbox, source_url: str) -> None:
    asker = start_asker(sandbox, source_url, 1, 0.0)
    seen = set()
    while asker.poll() is None:
        seen |= {json.dumps(process.info["cmdline"]) for process in psutil.process_iter(["cmdline"])}
    out, err = asker.communicate()
    assert asker.returncode == 0, err
    assert any("tests.resources.asker" in line for line in seen)
    assert_clean("the process list", sorted(seen), [sandbox.secret])
    assert_clean("the output", [out, err], [sandbox.secret])
