"""How a process waits for the slots that the database grants."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
import stamina
from pydantic import SecretStr

from resources.errors import DatabaseError
from resources.pace import SOON_S, Budget, DatabaseClock, Pace, ServicePace, Slot

SECOND = ServicePace(service="s", interval_s=1.0, slow_s=5.0, timeout_s=30.0, rest_s=60.0, late_s=0.006)
QUICK = replace(SECOND, interval_s=0.2)


class Monotonic:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def at(second: float) -> datetime:
    return datetime.fromtimestamp(1_795_000_000 + second, UTC)


def test_the_databases_clock_is_bounded_by_when_the_question_left_and_the_answer_came() -> None:
    monotonic = Monotonic()
    clock = DatabaseClock(monotonic)
    clock.learn(at(0), asked=99.0, answered=100.0)
    assert clock.earliest() == at(0).timestamp()
    assert clock.latest() == at(1).timestamp()
    monotonic.seconds += 5
    assert clock.now() == at(5)


def test_a_slow_reading_does_not_replace_a_tight_one() -> None:
    clock = DatabaseClock(Monotonic())
    clock.learn(at(0), asked=99.99, answered=100.0)
    clock.learn(at(0), asked=99.0, answered=100.5)
    assert clock.latest() - clock.earliest() == pytest.approx(0.01)


def test_a_reading_that_contradicts_the_kept_one_replaces_it() -> None:
    clock = DatabaseClock(Monotonic())
    clock.learn(at(0), asked=99.99, answered=100.0)
    clock.learn(at(3600), asked=99.0, answered=100.0)
    assert clock.now() == at(3600)


def paced(
    source_url: str,
    scene: Callable[[Pace], Awaitable[None]],
    *,
    pace: ServicePace = QUICK,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    async def run() -> None:
        async with Pace(pace, SecretStr(source_url), sleep=sleep) as opened:
            await scene(opened)

    asyncio.run(run())


def test_a_slot_reached_late_is_used_and_delays_the_next(source_url: str) -> None:
    sleeps: list[float] = []

    async def oversleep_once(seconds: float) -> None:
        sleeps.append(seconds)
        await asyncio.sleep(seconds + (0.15 if len(sleeps) == 1 else 0))

    async def scene(pace: Pace) -> None:
        await pace.reach(await pace.take(cost=1))
        late, following = await pace.take(cost=1), await pace.take(cost=1)
        assert await pace.reach(late)
        left = pace.clock.now()
        assert await pace.reach(following)
        assert (pace.clock.now() - left).total_seconds() >= QUICK.interval_s
        assert pace.given_up == 0

    paced(source_url, scene, sleep=oversleep_once)


@pytest.mark.parametrize(("requests", "held_up", "asks"), [(1, 1, 2), (2, 2, 3)], ids=["the first", "a later one"])
def test_a_request_that_was_let_go_and_held_up_asks_again(
    source_url: str, monkeypatch: pytest.MonkeyPatch, requests: int, held_up: int, asks: int
) -> None:
    asked: list[str] = []
    run = Pace.run

    async def held_up_once(self: Pace, name: str, params: Mapping[str, Any], **more: Any) -> dict[str, Any]:
        row = await run(self, name, params, **more)
        if name == "ops/use_slot":
            asked.append(name)
            await asyncio.sleep(0.05 if len(asked) == held_up else 0)
        return row

    monkeypatch.setattr(Pace, "run", held_up_once)

    async def scene(pace: Pace) -> None:
        for _ in range(requests):
            assert await pace.reach(await pace.take(cost=1))
        assert len(asked) == asks

    paced(source_url, scene, pace=replace(QUICK, late_s=0.03))


def test_a_slot_that_is_put_off_again_and_again_is_given_up_before_its_connection_is_closed(
    source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monotonic, reported = Monotonic(), list[str]()
    began = monotonic.seconds

    async def put_off(_: Pace, name: str, params: Mapping[str, Any], **__: Any) -> dict[str, Any]:
        reported.append(str(params.get("outcome", name)))
        now = monotonic.seconds - began
        verdict = {"ops/take_slot": "go", "ops/use_slot": "wait"}.get(name)
        return {"verdict": verdict, "at": at(now + 1), "now": at(now), "probe": False}

    async def sleep(seconds: float) -> None:
        monotonic.seconds += seconds

    async def scene() -> None:
        async with Pace(SECOND, SecretStr(source_url), sleep=sleep, monotonic=monotonic) as pace:
            assert not await pace.reach(await pace.take(cost=1))
        assert 2 <= monotonic.seconds - began <= SOON_S
        assert (pace.given_up, reported[-1]) == (1, "unsent")

    monkeypatch.setattr(Pace, "run", put_off)
    asyncio.run(scene())


def test_units_are_given_back_once_though_the_answer_to_it_is_lost(
    source_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost = list[str]()
    execute = psycopg.AsyncConnection.execute

    async def lose(self: Any, query: Any, params: Any = None, **more: Any) -> Any:
        done = await execute(self, query, params, **more)
        if params is not None and params.get("outcome") == "unsent" and len(lost) < 3:
            lost.append("answer")
            raise psycopg.OperationalError
        return done

    monkeypatch.setattr(psycopg.AsyncConnection, "execute", lose)

    async def scene(pace: Pace) -> None:
        slots = [await pace.take(cost=2) for _ in range(3)]
        await pace.give_up(slots[-1])

    with stamina.set_testing(True, attempts=6):
        paced(source_url, scene, pace=replace(QUICK, budgets=(Budget("day", "UTC", 33),)))
    assert len(lost) == 3
    with psycopg.connect(source_url) as connection:
        assert connection.execute("SELECT used FROM ops.budget_uses").fetchall() == [(4,)]


def test_a_request_that_was_held_up_after_it_was_let_go_delays_the_next(source_url: str) -> None:
    held_up_s = 0.15

    async def scene(pace: Pace) -> None:
        late, following = await pace.take(cost=1), await pace.take(cost=1)
        assert await pace.reach(late)
        await asyncio.sleep(held_up_s)
        left = pace.clock.now()
        await pace.left(late)
        assert await pace.reach(following)
        assert (pace.clock.now() - left).total_seconds() >= QUICK.interval_s - QUICK.late_s

    paced(source_url, scene)


def let_go(source_url: str) -> datetime:
    with psycopg.connect(source_url) as connection:
        row = connection.execute("SELECT used_at FROM ops.pace").fetchone()
    assert row is not None
    at: datetime = row[0]
    return at


def test_a_request_that_left_long_ago_delays_nobody(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        late, following = await pace.take(cost=1), await pace.take(cost=1)
        assert await pace.reach(late)
        assert await pace.reach(following)
        before = let_go(source_url)
        await pace.left(late)
        assert let_go(source_url) == before
        await asyncio.sleep(2 * QUICK.late_s)
        await pace.left(following)
        assert let_go(source_url) > before

    paced(source_url, scene)


def test_a_slot_overtaken_by_a_rest_is_returned(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        sent, waiting = await pace.take(cost=1), await pace.take(cost=1)
        await pace.report(sent, "outage", reason="HTTP 500")
        assert not await pace.reach(waiting)
        assert pace.given_up == 1

    paced(source_url, scene)


def test_an_open_connection_does_not_wait_for_a_slot_far_away(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        for _ in range(5):
            await pace.take(cost=1)
        assert not await pace.reach(await pace.take(cost=1))
        assert pace.given_up == 1

    paced(source_url, scene, pace=SECOND)


def test_a_lost_connection_is_made_anew(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        await pace.take(cost=1)
        with psycopg.connect(source_url, autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        assert isinstance(await pace.take(cost=1), Slot)

    paced(source_url, scene)


def test_a_database_out_of_reach_is_said_in_a_sentence_without_its_password() -> None:
    url = "postgresql://catalog:pass-of-tests@127.0.0.1:9/source"
    with stamina.set_testing(True), pytest.raises(DatabaseError, match="see that it runs") as lost:
        paced(url, lambda _: asyncio.sleep(0))
    assert "pass-of-tests" not in str(lost.value)


def test_a_wait_ends_by_the_databases_clock(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        await pace.take(cost=1)
        until = pace.clock.now() + timedelta(seconds=0.1)
        await pace.wait_until(until)
        with psycopg.connect(source_url) as connection:
            row = connection.execute("SELECT ops.now()").fetchone()
        assert row is not None
        assert row[0] >= until

    paced(source_url, scene)


def test_busy_work_begins_when_no_slot_of_this_process_is_close(source_url: str) -> None:
    async def scene(pace: Pace) -> None:
        await pace.reach(await pace.take(cost=1))
        close = await pace.take(cost=1)
        await pace.wait_until(close.at, less_s=0.1)
        reaching = asyncio.create_task(pace.reach(close))
        await pace.calm()
        assert reaching.done()
        assert pace.clock.now() >= close.at

        far = await pace.take(cost=1)
        await pace.calm()
        assert pace.clock.now() < far.at

    paced(source_url, scene, pace=SECOND)
