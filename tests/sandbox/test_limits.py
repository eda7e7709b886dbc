"""The limiter refuses what comes too early, and an answer takes time by its size."""

import time
from collections.abc import Iterator

import pytest

from sandbox.limits import Limiter
from tests.sandbox_process import RunningSandbox, running_sandbox

INTERVAL = 0.2


@pytest.fixture(scope="module")
def started() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=1_000, rate=1 / INTERVAL, as_command=True) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(started: RunningSandbox) -> RunningSandbox:
    started.control(do="reset")
    time.sleep(INTERVAL)
    return started


def test_a_request_too_early_is_answered_429_and_says_how_long_to_wait(sandbox: RunningSandbox) -> None:
    assert sandbox.get().status_code == 200
    refused = sandbox.get()

    assert refused.status_code == 429
    assert refused.headers["retry-after"] == "1"


def test_a_refused_request_does_not_push_the_next_slot_away(sandbox: RunningSandbox) -> None:
    began = time.monotonic()
    assert sandbox.get().status_code == 200
    while sandbox.get().status_code == 429:
        time.sleep(0.005)

    assert INTERVAL <= time.monotonic() - began < 2 * INTERVAL


def test_whatever_passed_the_limiter_counts_even_if_it_is_refused_for_another_reason(sandbox: RunningSandbox) -> None:
    assert sandbox.get("/sport/search").status_code == 404
    assert sandbox.get().status_code == 429


def test_the_sandboxs_own_paths_count_for_nothing(sandbox: RunningSandbox) -> None:
    sandbox.truth()
    assert sandbox.client.get(f"{sandbox.url}/_health").json()["status"] == "ok"

    assert sandbox.get().status_code == 200


def test_the_ledger_shows_arrivals_refusals_and_uses_of_the_start_date(sandbox: RunningSandbox) -> None:
    sandbox.get(fromStartDate=0)
    sandbox.get(toUpdateDate=0)
    time.sleep(INTERVAL)
    sandbox.get(premium="true", toUpdateDate=0, size=1)
    truth = sandbox.truth(requests=1)
    ledger = truth["ledger"]["hotstar"]

    assert (ledger["accepted"], ledger["refused"]) == (2, 1)
    assert ledger["by_status"] == {"200": 2, "429": 1}
    assert ledger["by_path"] == {"/movie/search": 2}
    assert ledger["by_filters"] == {"fromStartDate": 1, "premium,toUpdateDate": 1}
    assert ledger["start_date_uses"] == {"/movie/search": 1}
    assert len(ledger["start_date_times"]) == 1
    assert ledger["least_spacing"] == ledger["arrivals"][1] >= INTERVAL
    asked = truth["requests"]["hotstar"]
    assert [(request["status"], request["admitted"]) for request in asked] == [(200, True), (429, False), (200, True)]
    assert asked[2]["params"]["size"] == "1"


def test_an_answer_takes_as_long_as_its_items_weigh(sandbox: RunningSandbox) -> None:
    limits = Limiter(rate=0, latency=0.4)
    assert [limits.seconds_for(items) for items in (0, 1, 500, 1_000)] == [0, 0.0004, 0.2, 0.4]

    sandbox.control(do="pace", rate=0, latency=0.4)
    began = time.monotonic()
    sandbox.page(size=1_000)
    assert time.monotonic() - began >= 0.4


def test_the_pace_it_was_started_with_comes_back_with_a_reset(sandbox: RunningSandbox) -> None:
    sandbox.control(do="pace", rate=0)
    assert [sandbox.get().status_code for _ in range(2)] == [200, 200]
    sandbox.control(do="reset", parts=["pace"])
    time.sleep(INTERVAL)

    assert [sandbox.get().status_code for _ in range(2)] == [200, 429]
