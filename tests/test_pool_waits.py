"""A run that waits for its place in a pool sleeps, and can be cancelled."""

import signal
import threading
import time
from types import SimpleNamespace
from typing import Any, cast

import dagster as dg
import pytest
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext

from catalog_assets.build import build_definitions
from catalog_assets.pool_waits import LONGEST_S, seconds_to_sleep


@pytest.mark.parametrize(
    ("from_now_s", "least_s", "most_s"),
    [
        pytest.param(-1, 0, 0, id="the next look is due"),
        pytest.param(0.3, 0.2, 0.3, id="it is due soon"),
        pytest.param(15, LONGEST_S, LONGEST_S, id="it is far away"),
    ],
)
def test_a_waiting_run_sleeps_until_the_next_look_at_its_pool(from_now_s: float, least_s: float, most_s: float) -> None:
    waiting = SimpleNamespace(_pending_timeouts={"step": time.time() + from_now_s})
    assert least_s <= seconds_to_sleep(cast("Any", waiting)) <= most_s


def test_a_run_that_is_interrupted_while_it_waits_for_a_pool_ends() -> None:
    build_definitions()
    assert InstanceConcurrencyContext.interval_to_next_pending_claim_check is seconds_to_sleep

    @dg.op(pool="narrow")
    def step() -> None:
        raise AssertionError("the pool is full")

    @dg.job
    def job() -> None:
        step()

    pools = {"concurrency": {"pools": {"default_limit": 1}}}
    with dg.instance_for_test(overrides=pools) as instance:
        storage = instance.event_log_storage
        storage.initialize_concurrency_limit_to_default("narrow")
        assert storage.claim_concurrency_slot("narrow", "another run", "its step").is_claimed

        def interrupt_when_it_waits() -> None:
            while not storage.get_concurrency_info("narrow").pending_step_count:
                time.sleep(0.05)
            signal.raise_signal(signal.SIGINT)

        interrupting = threading.Thread(target=interrupt_when_it_waits)
        interrupting.start()
        result = job.execute_in_process(instance=instance, raise_on_error=False)
        interrupting.join()
        assert not result.success
        assert storage.get_concurrency_info("narrow").pending_step_count == 0
