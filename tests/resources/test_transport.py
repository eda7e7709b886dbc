"""How the transport judges what a service answers: what is kept, retried, waited for, and given up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import psycopg
import pytest
import stamina
from psycopg.rows import dict_row
from pydantic import SecretStr

from resources.client import Answer
from resources.edgeauth import TokenRecord
from resources.errors import BudgetSpent, PermanentServiceError, ServiceBusy, ServiceResting, ServiceUnreachable
from resources.hotstar import HOTSTAR_PACE, HotstarClient
from resources.pace import Budget, Pace, ServicePace, Slot
from tests.sandbox_process import RunningSandbox, running_sandbox

QUICK = replace(HOTSTAR_PACE, interval_s=0.0, rest_s=0.4, slow_s=0.3, timeout_s=0.8)
"""Hotstar's rules with short times: a rest of 0.4 s after an answer slower than 0.3 s."""

PAGE = {"orderBy": "contentId", "order": "asc", "offset": "0", "size": "3"}


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=30) as sandbox:
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


@dataclass
class Reached:
    """A client of the sandbox, and what the database says of its calls."""

    client: HotstarClient
    sandbox: RunningSandbox
    source_url: str
    tokens: list[TokenRecord] = field(default_factory=list)

    async def page(self) -> Answer:
        return await self.client.get("/movie/search", PAGE)

    def calls(self) -> list[dict[str, Any]]:
        return self.rows("SELECT * FROM ops.api_calls ORDER BY call_id")

    def pace(self) -> dict[str, Any]:
        return self.rows("SELECT * FROM ops.pace WHERE service = 'hotstar'")[0]

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.source_url, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def statuses(self) -> list[int | None]:
        return [call["status"] for call in self.calls()]


@asynccontextmanager
async def reached(
    sandbox: RunningSandbox,
    source_url: str,
    *,
    pace: ServicePace = QUICK,
    secret: str | None = None,
    base_url: str | None = None,
) -> AsyncIterator[Reached]:
    tokens: list[TokenRecord] = []

    async def keep(token: TokenRecord) -> None:
        tokens.append(token)

    client = HotstarClient(
        base_url=base_url or sandbox.url,
        partner_id=sandbox.partner,
        akamai_secret=SecretStr(secret or sandbox.secret),
        source_url=SecretStr(source_url),
        run_id="run-1",
        asset="hotstar/movie_census",
        on_token=keep,
        pace=pace,
    )
    async with client:
        yield Reached(client, sandbox, source_url, tokens)


def against(
    sandbox: RunningSandbox, source_url: str, what: Callable[[Reached], Awaitable[None]], **options: Any
) -> None:
    """Run one scene with a client of the sandbox."""

    async def scene() -> None:
        async with reached(sandbox, source_url, **options) as it:
            await what(it)

    asyncio.run(scene())


def test_an_answer_is_the_page_as_it_came_with_when_it_was_asked(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        answer = await it.page()
        assert answer.body == sandbox.get(**PAGE).content
        assert (answer.path, answer.params, answer.status, answer.attempts) == ("/movie/search", PAGE, 200, 1)
        assert answer.sent_at < answer.received_at
        (call,) = it.calls()
        assert call["sent_at"] == answer.sent_at
        assert (call["service"], call["endpoint"], call["status"]) == ("hotstar", "/movie/search", 200)
        assert (call["bytes"], call["attempt"], call["failure"]) == (len(answer.body), 1, None)
        assert (call["run_id"], call["asset"]) == ("run-1", "hotstar/movie_census")
        assert it.client.counts.requests == 1

    against(sandbox, source_url, scene)


def test_four_requests_at_most_are_under_way(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", times=None, seconds=0.2)

    async def scene(it: Reached) -> None:
        await asyncio.gather(*(it.page() for _ in range(8)))
        arrived = sandbox.truth()["ledger"]["hotstar"]["arrivals"]
        assert len(arrived) == 8
        assert all(later - first >= 0.2 for first, later in pairwise(arrived[::4]))  # the fifth waits for an answer
        assert min(later - first for first, later in pairwise(arrived)) < 0.2  # and others wait for none

    against(sandbox, source_url, scene)


@pytest.mark.parametrize("status", [500, 503])
def test_a_server_error_begins_a_rest_and_the_same_page_is_asked_again_after_it(
    sandbox: RunningSandbox, source_url: str, status: int
) -> None:
    sandbox.control(do="fault", status=status)

    async def scene(it: Reached) -> None:
        answer = await it.page()
        assert (answer.status, answer.attempts) == (200, 2)
        failed, kept = it.calls()
        assert (failed["status"], failed["failure"]) == (status, f"HTTP {status}")
        assert (kept["sent_at"] - failed["sent_at"]).total_seconds() >= QUICK.rest_s
        assert it.pace()["rest_until"] is None

    against(sandbox, source_url, scene)


def test_no_answer_in_time_begins_a_rest(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", seconds=30)

    async def scene(it: Reached) -> None:
        assert (await it.page()).attempts == 2
        assert [call["failure"] for call in it.calls()] == ["timeout", None]
        assert it.pace()["rests"] == 1

    against(sandbox, source_url, scene)


def test_a_slow_answer_is_kept_and_begins_a_rest(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", seconds=0.5)

    async def scene(it: Reached) -> None:
        assert (await it.page()).attempts == 1
        assert it.pace()["rests"] == 1
        assert it.pace()["rest_until"] is not None
        assert it.calls()[0]["failure"].startswith("slow: 0.5")

    against(sandbox, source_url, scene)


def test_a_wait_for_a_slot_is_not_the_service_being_slow(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        answers = await asyncio.gather(*(it.page() for _ in range(3)))
        assert max(answer.waited_s for answer in answers) > 2 * 0.4
        assert it.pace()["rests"] == 0

    against(sandbox, source_url, scene, pace=replace(QUICK, interval_s=0.4, late_s=0.05))


def test_a_request_held_up_on_a_busy_machine_leaves_the_next_its_interval(
    sandbox: RunningSandbox, source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    interval_s, held_up_s = 0.2, 0.1
    reach = Pace.reach
    reached_slots: list[Slot] = []

    async def held_up_once(self: Pace, slot: Slot) -> bool:
        may_leave = await reach(self, slot)
        reached_slots.append(slot)
        if len(reached_slots) == 2:
            await asyncio.sleep(held_up_s)
        return may_leave

    monkeypatch.setattr(Pace, "reach", held_up_once)

    async def scene(it: Reached) -> None:
        await asyncio.gather(*(it.page() for _ in range(3)))
        arrived = sandbox.truth()["ledger"]["hotstar"]["arrivals"]
        assert arrived[1] - arrived[0] >= interval_s + held_up_s / 2
        assert arrived[2] - arrived[1] >= interval_s - held_up_s / 2

    against(sandbox, source_url, scene, pace=replace(QUICK, interval_s=interval_s))


def test_what_was_under_way_when_a_rest_began_is_kept_and_the_others_wait(
    sandbox: RunningSandbox, source_url: str
) -> None:
    sandbox.control(do="fault", seconds=0.25)
    sandbox.control(do="fault", status=500)

    async def scene(it: Reached) -> None:
        answers = await asyncio.gather(*(it.page() for _ in range(6)))
        assert len(answers) == 6
        assert it.pace()["rests"] == 1
        failed = next(call for call in it.calls() if call["failure"])
        for call in it.calls():
            since = (call["sent_at"] - failed["sent_at"]).total_seconds()
            assert since < 0.1 or since >= QUICK.rest_s

    against(sandbox, source_url, scene, pace=replace(QUICK, interval_s=0.05, late_s=0.05))


def test_a_run_waits_for_three_rests_and_then_gives_up(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=502, times=None)

    async def scene(it: Reached) -> None:
        with pytest.raises(ServiceResting, match="after 3 rests"):
            await it.page()
        assert it.statuses() == [502] * 4

    against(sandbox, source_url, scene, pace=replace(QUICK, rest_s=0.1))


def test_a_429_is_obeyed_and_is_no_outage(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=429, retry_after="1")

    async def scene(it: Reached) -> None:
        assert (await it.page()).attempts == 2
        refused, kept = it.calls()
        assert refused["status"] == 429
        assert (kept["sent_at"] - refused["sent_at"]).total_seconds() >= 1
        assert it.pace()["rests"] == 0
        assert it.client.counts.refused == 1

    against(sandbox, source_url, scene)


def test_a_lasting_429_ends(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", status=429, retry_after="0", times=None)

    async def scene(it: Reached) -> None:
        with pytest.raises(ServiceBusy, match="another program uses the same credentials"):
            await it.page()
        assert it.statuses() == [429] * 6

    against(sandbox, source_url, scene)


def test_an_expired_token_costs_one_request(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        await it.page()
        sandbox.control(do="expire_tokens")
        await asyncio.sleep(1.0)
        answers = await asyncio.gather(*(it.page() for _ in range(2)))
        assert [answer.status for answer in answers] == [200, 200]
        assert it.statuses().count(403) <= 2
        assert len(it.tokens) == 2

    against(sandbox, source_url, scene)


def test_a_lasting_403_ends_after_two_requests_and_names_the_likely_causes(
    sandbox: RunningSandbox, source_url: str
) -> None:
    async def scene(it: Reached) -> None:
        with pytest.raises(PermanentServiceError) as refused:
            await it.page()
        for cause in ("HOTSTAR_AKAMAI_SECRET", "whitelisted", "HOTSTAR_PARTNER_ID", "clock"):
            assert cause in str(refused.value)
        assert not refused.value.retryable
        assert it.statuses() == [403, 403]
        assert len(it.tokens) == 2
        with pytest.raises(PermanentServiceError):
            await it.page()
        assert it.statuses() == [403, 403]

    against(sandbox, source_url, scene, secret="cd" * 32)


def test_requests_that_wait_beside_a_lasting_403_are_not_sent(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        ended = await asyncio.gather(*(it.page() for _ in range(6)), return_exceptions=True)
        assert [type(end) for end in ended] == [PermanentServiceError] * 6
        assert it.statuses() == [403, 403]

    against(sandbox, source_url, scene, secret="cd" * 32, pace=replace(QUICK, interval_s=0.2, late_s=0.05))


@pytest.mark.parametrize("status", [400, 401, 404])
def test_what_asking_again_cannot_change_is_asked_once(sandbox: RunningSandbox, source_url: str, status: int) -> None:
    sandbox.control(do="fault", status=status, times=None)

    async def scene(it: Reached) -> None:
        with pytest.raises(PermanentServiceError, match=f"HTTP {status}") as refused:
            await it.page()
        assert (refused.value.service, refused.value.endpoint) == ("hotstar", "/movie/search")
        assert it.statuses() == [status]

    against(sandbox, source_url, scene)


@pytest.mark.parametrize("drop", [0.0, 0.5])
def test_a_dropped_connection_is_tried_again_without_a_rest(
    sandbox: RunningSandbox, source_url: str, drop: float
) -> None:
    sandbox.control(do="fault", drop=drop)

    async def scene(it: Reached) -> None:
        assert (await it.page()).attempts == 2
        assert [call["failure"] for call in it.calls()] == ["RemoteProtocolError", None]
        assert it.pace()["rests"] == 0

    against(sandbox, source_url, scene)


def test_a_cut_network_ends_after_bounded_tries(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        with pytest.raises(ServiceUnreachable, match="check the address"):
            await it.page()
        assert [call["failure"] for call in it.calls()] == ["ConnectError"] * 6
        assert it.client.counts.requests == 0

    against(sandbox, source_url, scene, base_url="http://127.0.0.1:9")


def test_a_probe_that_finds_nobody_begins_another_rest(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        sandbox.control(do="fault", status=500)
        sandbox.control(do="fault", drop=0)
        assert (await it.page()).attempts == 3
        assert it.pace()["rests"] == 2

    against(sandbox, source_url, scene)


def test_a_spent_budget_is_an_end_and_not_a_failure(sandbox: RunningSandbox, source_url: str) -> None:
    async def scene(it: Reached) -> None:
        await it.page()
        await it.page()
        with pytest.raises(BudgetSpent, match="spent until") as spent:
            await it.page()
        assert spent.value.until is not None
        assert it.statuses() == [200, 200]

    against(sandbox, source_url, scene, pace=replace(QUICK, budgets=(Budget("day", "UTC", 2),)))


def test_a_cancelled_request_leaves_its_place_to_others(sandbox: RunningSandbox, source_url: str) -> None:
    sandbox.control(do="fault", times=5, seconds=30)

    async def scene(it: Reached) -> None:
        stuck = [asyncio.create_task(it.page()) for _ in range(5)]
        await asyncio.sleep(0.2)
        for task in stuck:
            task.cancel()
        await asyncio.gather(*stuck, return_exceptions=True)
        sandbox.control(do="reset", parts=["faults"])
        assert (await it.page()).status == 200

    against(sandbox, source_url, scene)
