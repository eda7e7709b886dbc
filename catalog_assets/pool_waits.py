"""How a run waits for its place in a pool: asleep, and ready to be cancelled.

Dagster's in-process executor asks how long it may sleep until the next look at the pool, is always told 0, and so keeps
a processor busy for as long as it waits (dagster-io/dagster#20367); nor does it look whether the run was cancelled
meanwhile. The question is answered here instead, for the runs of the daemon and of `catalog load` alike.
"""

import time

from dagster._core.errors import DagsterExecutionInterruptedError
from dagster._core.execution.plan.instance_concurrency_context import InstanceConcurrencyContext
from dagster._utils.interrupts import pop_captured_interrupt

LONGEST_S = 0.5
"""Seconds until a cancelled run notices. The pool itself is looked at every second at first, later every fifteen."""


def seconds_to_sleep(context: InstanceConcurrencyContext) -> float:
    """How long a run may sleep before it looks at its pools again.

    Raises:
        DagsterExecutionInterruptedError: the run was cancelled.
    """
    if pop_captured_interrupt():
        raise DagsterExecutionInterruptedError("The run was cancelled while it waited for its pool.")
    next_look = min(context._pending_timeouts.values(), default=0.0)  # noqa: SLF001 - Dagster says it nowhere else
    return min(max(next_look - time.time(), 0.0), LONGEST_S)


def sleep_while_waiting() -> None:
    """Let every run of this process wait so."""
    InstanceConcurrencyContext.interval_to_next_pending_claim_check = seconds_to_sleep  # type: ignore[assignment]
