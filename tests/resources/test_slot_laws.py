"""The laws of `ops.take_slot` and `ops.report_outcome`, on a clock that the tests move."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from psycopg.rows import dict_row

from resources.hotstar import HOTSTAR_PACE
from resources.statements import statement

START = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
SPACING = timedelta(seconds=1.02)
LEAST_APART = timedelta(seconds=1.015)
REST = timedelta(seconds=60)
TIMEOUT = timedelta(seconds=30)

Connection = psycopg.Connection[dict[str, Any]]


@dataclass
class Service:
    """One service in a database whose clock stands still until it is moved."""

    connection: Connection
    now: datetime = START

    def __post_init__(self) -> None:
        self.connection.execute("TRUNCATE ops.budget_uses, ops.budgets, ops.pace")
        self.describe()
        self.set_clock(self.now)

    def describe(self, *, interval_s: float = 1.0, closest: float = 1.015) -> None:
        paced = {"interval_s": interval_s, "rest_s": 60.0, "slow_s": 5.0, "timeout_s": 30.0, "closest": closest}
        self.connection.execute(statement("ops/describe_pace"), {"service": "s", **paced})

    def set_clock(self, now: datetime) -> None:
        self.now = now
        self.connection.execute("SELECT set_config('test.now', %s, false)", [now.isoformat()])

    def advance(self, seconds: float) -> None:
        self.set_clock(self.now + timedelta(seconds=seconds))

    def allow(self, allowed: int, *, period: str = "day", zone: str = "UTC") -> None:
        self.connection.execute(
            statement("ops/describe_budget"), {"service": "s", "period": period, "zone": zone, "allowed": allowed}
        )

    def take(self, cost: int = 1) -> dict[str, Any]:
        row = self.connection.execute(statement("ops/take_slot"), {"service": "s", "cost": cost}).fetchone()
        assert row is not None
        return row

    def report(self, at: datetime, outcome: str, retry_after_s: float | None = None) -> None:
        self.connection.execute(
            statement("ops/report_outcome"),
            {"service": "s", "at": at, "outcome": outcome, "reason": "?", "retry_after_s": retry_after_s, "cost": 1},
        )

    def use(self, at: datetime) -> tuple[str, datetime]:
        row = self.connection.execute(statement("ops/use_slot"), {"service": "s", "at": at}).fetchone()
        assert row is not None
        assert row["now"] == self.now
        return row["verdict"], row["at"]

    def used(self) -> int:
        row = self.connection.execute("SELECT coalesce(sum(used), 0)::int AS used FROM ops.budget_uses").fetchone()
        assert row is not None
        return int(row["used"])


@pytest.fixture
def service(source_url: str) -> Iterator[Service]:
    connection: Connection = psycopg.connect(source_url, autocommit=True, row_factory=dict_row)
    with connection:
        connection.execute(
            "CREATE OR REPLACE FUNCTION ops.now() RETURNS timestamptz LANGUAGE sql VOLATILE"
            " AS $$SELECT current_setting('test.now')::timestamptz$$"
        )
        yield Service(connection)


def test_slots_stand_a_spacing_apart_and_the_first_is_now(service: Service) -> None:
    first, second, third = service.take(), service.take(), service.take()
    assert first["at"] == START
    assert second["at"] - first["at"] == SPACING
    assert third["at"] - second["at"] == SPACING


def test_a_poll_beside_a_census_has_its_first_answer_within_ten_seconds_of_asking(service: Service) -> None:
    slowest_answer = timedelta(seconds=5)  # a slower one begins a rest for everybody
    for _ in range(HOTSTAR_PACE.at_once):
        service.take()  # all that a process may have taken or under way, however much it has to read
    polls = [service.take()["at"] for _ in range(2)]
    assert polls[0] + slowest_answer - START <= timedelta(seconds=10)
    assert service.take()["at"] - polls[1] == SPACING


def test_an_idle_service_does_not_save_up_slots(service: Service) -> None:
    service.take()
    service.advance(3600)
    assert service.take()["at"] == service.now
    assert service.take()["at"] == service.now + SPACING


def test_a_next_slot_beyond_a_minute_is_a_clock_that_jumped(service: Service) -> None:
    service.take()
    service.advance(-7200)
    assert service.take()["at"] == service.now


def test_a_rest_that_a_set_back_clock_moved_into_the_future_keeps_its_length(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(-7200)
    assert service.take()["at"] == service.now + REST


def test_after_a_failure_nothing_goes_for_the_rest_and_then_one_request_alone(service: Service) -> None:
    failed = service.take()["at"]
    service.advance(2)
    service.report(failed, "outage")
    resting = service.take()
    assert (resting["verdict"], resting["at"]) == ("resting", service.now + REST)
    service.set_clock(resting["at"])
    probe = service.take()
    assert (probe["verdict"], probe["probe"]) == ("go", True)
    assert service.take()["verdict"] == "resting"


def test_a_probe_that_succeeds_ends_the_rest(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(60)
    service.report(service.take()["at"], "ok")
    assert (service.take()["verdict"], service.take()["probe"]) == ("go", False)


def test_a_probe_that_fails_begins_another_rest(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(60)
    probe = service.take()
    service.advance(7)
    service.report(probe["at"], "outage")
    again = service.take()
    assert (again["verdict"], again["at"], again["rests"]) == ("resting", service.now + REST, 2)


def test_a_lease_that_ran_out_begins_another_rest_at_its_end(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(60)
    probe = service.take()["at"]
    service.set_clock(probe + TIMEOUT + timedelta(seconds=1))
    again = service.take()
    assert (again["verdict"], again["at"]) == ("resting", probe + TIMEOUT + REST)


def test_a_probe_returned_unsent_lets_the_next_one_probe(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(60)
    service.report(service.take()["at"], "unsent")
    assert service.take()["probe"] is True


def test_what_was_under_way_when_the_rest_began_neither_lengthens_nor_ends_it(service: Service) -> None:
    first, second, third = (service.take()["at"] for _ in range(3))
    service.advance(3)
    service.report(first, "outage")
    until = service.take()["at"]
    service.advance(10)
    service.report(second, "outage")
    service.report(third, "ok")
    assert service.take()["at"] == until
    service.set_clock(until)
    service.report(service.take()["at"], "ok")
    service.report(third, "outage")
    assert service.take()["verdict"] == "go"


def test_a_slot_taken_before_a_rest_is_overtaken_by_it(service: Service) -> None:
    sent, waiting = service.take()["at"], service.take()["at"]
    service.report(sent, "outage")
    service.set_clock(waiting)
    assert service.use(waiting)[0] == "overtaken"
    service.advance(60)
    assert service.use(service.take()["at"])[0] == "go"


def test_a_request_that_leaves_late_delays_the_next_by_as_much(service: Service) -> None:
    late, following = service.take()["at"], service.take()["at"]
    service.set_clock(late + timedelta(seconds=0.4))
    assert service.use(late) == ("go", service.now)
    service.set_clock(following)
    assert service.use(following) == ("wait", late + timedelta(seconds=0.4 + 1.015))
    service.set_clock(late + timedelta(seconds=0.4 + 1.015))
    assert service.use(following) == ("go", service.now)


def test_a_request_that_did_not_leave_at_once_asks_again(service: Service) -> None:
    late, following = service.take()["at"], service.take()["at"]
    service.use(late)
    service.advance(0.2)
    assert service.use(late) == ("go", service.now)
    service.set_clock(following)
    assert service.use(following)[0] == "wait"


def test_slots_that_are_reached_in_time_wait_for_none(service: Service) -> None:
    for _ in range(5):
        at = service.take()["at"]
        service.set_clock(at + timedelta(seconds=0.004))
        assert service.use(at)[0] == "go"
        service.advance(-0.004)


def test_where_a_service_bears_it_what_left_late_is_made_up_for(service: Service) -> None:
    service.describe(closest=0.75)
    slots = [service.take()["at"] for _ in range(6)]
    service.set_clock(slots[1] + timedelta(seconds=0.1))
    left = [service.now]
    service.use(slots[0])
    for at in slots[1:]:
        verdict, leaves_at = service.use(at)
        if verdict == "wait":
            service.set_clock(leaves_at)
            assert service.use(at)[0] == "go"
        left.append(service.now)
        service.set_clock(max(service.now, at + SPACING))
    assert left[1] == left[0] + timedelta(seconds=0.75)
    assert left[5] == slots[5]  # on time again


def test_a_clock_set_back_holds_no_request(service: Service) -> None:
    service.use(service.take()["at"])
    service.advance(-7200)
    assert service.use(service.take()["at"])[0] == "go"


def test_a_429_moves_the_next_slot_and_is_no_outage(service: Service) -> None:
    refused, waiting = service.take()["at"], service.take()["at"]
    service.report(refused, "busy", 7.0)
    service.set_clock(waiting)
    assert service.use(waiting) == ("wait", START + timedelta(seconds=7))
    after = service.take()
    assert (after["verdict"], after["at"], after["rests"]) == ("go", START + timedelta(seconds=7), 0)


def test_slots_queue_behind_a_retry_after_of_a_minute(service: Service) -> None:
    service.report(service.take()["at"], "busy", 60.0)
    taken = [service.take()["at"] for _ in range(4)]
    assert taken == [START + timedelta(seconds=60) + n * SPACING for n in range(4)]


def test_a_retry_after_beyond_a_minute_is_a_rest_until_then(service: Service) -> None:
    service.report(service.take()["at"], "busy", 600.0)
    resting = service.take()
    assert (resting["verdict"], resting["at"]) == ("resting", START + timedelta(seconds=600))


def test_a_probe_answered_429_leaves_the_next_one_to_probe(service: Service) -> None:
    service.report(service.take()["at"], "outage")
    service.advance(60)
    service.report(service.take()["at"], "busy", 5.0)
    probe = service.take()
    assert (probe["verdict"], probe["probe"], probe["at"]) == ("go", True, service.now + timedelta(seconds=5))


def test_units_are_counted_with_go_alone_until_the_period_ends_in_its_zone(service: Service) -> None:
    service.allow(3, zone="Asia/Kolkata")
    assert service.take(cost=2)["verdict"] == "go"
    spent = service.take(cost=2)
    assert spent["verdict"] == "spent"
    assert spent["at"] == datetime(2026, 11, 21, 18, 30, tzinfo=UTC)
    assert service.used() == 2
    service.set_clock(spent["at"])
    assert service.take(cost=2)["verdict"] == "go"


def test_of_two_spent_budgets_the_later_end_counts(service: Service) -> None:
    service.allow(0)
    service.allow(0, period="month")
    assert service.take()["at"] == datetime(2026, 12, 1, tzinfo=UTC)
    assert service.used() == 0


def test_a_slot_returned_unsent_gives_its_units_back(service: Service) -> None:
    service.allow(1)
    service.report(service.take()["at"], "unsent")
    assert service.used() == 0
    assert service.take()["verdict"] == "go"


def test_describing_a_pace_again_leaves_its_slots_alone(service: Service) -> None:
    service.take()
    service.describe(interval_s=2.0)
    assert service.take()["at"] == START + SPACING
    assert service.take()["at"] == START + SPACING + 2 * SPACING


@dataclass
class Rest:
    began: datetime
    until: datetime
    probe: datetime | None = None


@dataclass
class Expected:
    """The laws in plain Python, for a clock that only moves forward."""

    last: datetime | None = None
    floor: datetime = START
    rest: Rest | None = None
    newest_rest_began: datetime = START - timedelta(days=1)
    taken: list[datetime] = field(default_factory=list)
    used: int = 0
    left: tuple[datetime, datetime] | None = None
    """The slot and the time of the newest request that was let go."""

    def begin_rest(self, at: datetime, length: timedelta = REST) -> None:
        self.rest = Rest(at, at + length)
        self.newest_rest_began = at

    def expire(self, now: datetime) -> None:
        if self.rest and self.rest.probe and self.rest.probe + TIMEOUT <= now:
            self.begin_rest(self.rest.probe + TIMEOUT)


class Slots(RuleBasedStateMachine):
    """Any order of taking, reporting and waiting obeys the laws."""

    service: Service
    allowed = 12

    def __init__(self) -> None:
        super().__init__()
        self.service.__post_init__()
        self.service.set_clock(START)
        self.service.allow(self.allowed)
        self.expected = Expected()

    @rule(seconds=st.sampled_from([0.0, 0.3, 1.02, 4.0, 29.0, 31.0, 60.0, 61.0]))
    def wait(self, seconds: float) -> None:
        self.service.advance(seconds)

    @rule()
    def take(self) -> None:
        expected, now = self.expected, self.service.now
        expected.expire(now)
        answer = self.service.take()
        assert answer["now"] == now
        if expected.used == self.allowed and expected.floor.date() == START.date():
            assert answer["verdict"] == "spent"
            return
        resting = expected.rest is not None and (expected.rest.probe is not None or now < expected.rest.until)
        assert answer["verdict"] == ("resting" if resting else "go")
        if resting:
            assert answer["at"] > now
            return
        at: datetime = answer["at"]
        assert at >= now
        assert at >= expected.floor
        if expected.last is not None:
            assert at - expected.last >= SPACING
        assert at == max(now, expected.floor, expected.last + SPACING if expected.last else START)
        assert answer["probe"] == (expected.rest is not None)
        if expected.rest is not None:
            expected.rest.probe = at
        expected.last = at
        expected.taken.append(at)
        expected.used += 1

    @rule(which=st.integers(min_value=0, max_value=50))
    def use(self, which: int) -> None:
        expected, now = self.expected, self.service.now
        due = [at for at in expected.taken if at <= now]
        if not due:
            return
        at = due[which % len(due)]
        verdict, _ = self.service.use(at)
        if expected.rest is not None and expected.rest.probe != at:
            assert verdict == "overtaken"
            return
        close = expected.left is not None and expected.left[0] != at and now - expected.left[1] < LEAST_APART
        assert verdict == ("wait" if close or now < expected.floor else "go")
        if verdict == "go":
            expected.left = at, now

    @rule(
        outcome=st.sampled_from(["ok", "outage", "busy", "unsent"]),
        which=st.integers(min_value=0, max_value=50),
        retry_after_s=st.sampled_from([1.0, 20.0, 90.0]),
    )
    def report(self, outcome: str, which: int, retry_after_s: float) -> None:
        expected, now = self.expected, self.service.now
        if not expected.taken:
            return
        at = expected.taken.pop(which % len(expected.taken))
        self.service.report(at, outcome, retry_after_s)
        probe = expected.rest is not None and expected.rest.probe == at
        counts = probe or (expected.rest is None and at > expected.newest_rest_began)
        if probe and expected.rest is not None:
            expected.rest.probe = None
        if outcome == "ok" and probe:
            expected.rest = None
        elif outcome == "outage" and counts:
            expected.begin_rest(now)
        elif outcome == "busy" and retry_after_s > 60 and counts:
            expected.begin_rest(now, timedelta(seconds=retry_after_s))
        elif outcome == "busy" and retry_after_s <= 60:
            expected.floor = max(expected.floor, now + timedelta(seconds=retry_after_s))
        elif outcome == "unsent":
            expected.used -= 1

    def teardown(self) -> None:
        assert self.service.used() == self.expected.used <= self.allowed


def test_any_order_of_taking_reporting_and_waiting_obeys_the_laws(service: Service) -> None:
    machine = type("SlotsOfService", (Slots,), {"service": service})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=60,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
