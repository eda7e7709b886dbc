"""A job as a Dagster run of this process, without the UI: with a bar on the terminal, its failures, and a summary."""

import fcntl
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import psycopg
from rich.console import Console
from rich.table import Table

from catalog_assets.cli.environment import Platform
from resources.databases import Database
from resources.logs import configure

if TYPE_CHECKING:
    from dagster import AssetKey, DagsterInstance
    from dagster._core.execution.plan.objects import StepFailureData
    from dagster_shared.error import SerializableErrorInfo

_POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Stage:
    """What the bar shows: what the run is at, how much is done and, if that is known, of how much."""

    name: str
    done: int
    total: int | None


Look = Callable[[], Stage | None]
"""How far the run is; None: nothing can be seen of it yet."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar on the terminal.

    Attributes:
        unit: What is counted, such as pages.
        begin: What looks how far a run is, made from a connection and the run's id as the run starts.
    """

    unit: str
    begin: Callable[[psycopg.Connection, str], Look]


@dataclass(frozen=True, slots=True)
class Ran:
    """A run that ended.

    Attributes:
        run_id: Of Dagster's.
        succeeded: Whether every step did.
        checks: Checks that were evaluated.
        checks_failed: Of these, those that failed, with what they found.
        errors: Why steps failed.
        figures: What assets told in numbers and texts, as `asset: figure`.
    """

    run_id: str
    succeeded: bool
    checks: int
    checks_failed: list[str]
    errors: list[str]
    figures: Mapping[str, float | str]

    def summary(self, counts: Mapping[str, Any]) -> dict[str, Any]:
        """The run with what the database says of it, as it is shown."""
        return {
            "run": self.run_id,
            "succeeded": self.succeeded,
            **counts,
            "checks": f"{self.checks - len(self.checks_failed)} of {self.checks} passed",
            "checks_failed": self.checks_failed,
            "errors": self.errors,
        }


def run_in_process(
    ready: Platform,
    job: str,
    keys: Sequence["AssetKey"],
    *,
    partition: str,
    configs: Mapping[str, Mapping[str, Any]],
    bar: Bar,
) -> Ran:
    """Runs some assets of a job, with their checks, for one partition.

    Args:
        ready: The platform.
        job: The job's name.
        keys: The assets.
        partition: The partition's key.
        configs: Configuration by the name of an asset's step, such as `tmdb__title_lists`.
        bar: Shown meanwhile.
    """
    # Dagster takes a second to import: what can be refused was refused before.
    from dagster import (  # noqa: PLC0415
        BoolMetadataValue,
        FloatMetadataValue,
        IntMetadataValue,
        TextMetadataValue,
    )
    from dagster._core.utils import make_new_run_id  # noqa: PLC0415

    from catalog_assets.cli.runs import opened_instance  # noqa: PLC0415
    from catalog_assets.definitions import defs  # noqa: PLC0415

    run_id = make_new_run_id()
    run_config = {
        "ops": {name: {"config": config} for name, config in configs.items()},
        "loggers": {"console": {"config": {"log_level": "CRITICAL"}}},
    }
    with (
        opened_instance(ready) as instance,
        _settled(ready, instance),
        (ready.home / "logs" / "load.log").open("a", encoding="utf-8") as lines,
    ):
        configure(ready.settings.catalog_log_level, stream=lines)  # the bar has the terminal
        with _shown(ready, bar, run_id):
            result = defs.resolve_job_def(job).execute_in_process(
                instance=instance,
                partition_key=partition,
                run_config=run_config,
                asset_selection=keys,
                raise_on_error=False,
                run_id=run_id,
            )
        evaluations = result.get_asset_check_evaluations()
        failed = [
            f"{evaluation.check_name} ({evaluation.metadata['offenders'].value})"
            for evaluation in evaluations
            if not evaluation.passed
        ]
        errors = [_reason(event.step_failure_data) for event in result.get_step_failure_events()]
        run_failures = [event.job_failure_data.error for event in result.all_events if event.is_run_failure]
        told = BoolMetadataValue | FloatMetadataValue | IntMetadataValue | TextMetadataValue
        figures = {
            f"{made.asset_key.path[-1]}: {name}": value.value or 0
            for made in (event.materialization for event in result.all_events if event.is_step_materialization)
            for name, value in made.metadata.items()
            if isinstance(value, told) and "/" not in name
        }
    errors = errors or [_cause(error) for error in run_failures]
    return Ran(run_id, result.success, len(evaluations), failed, errors, figures)


def show_summary(summary: Mapping[str, Any]) -> None:
    """Prints a summary as a table."""
    table = Table(show_header=False)
    for name, value in summary.items():
        shown = "\n".join(map(str, value)) or "none" if isinstance(value, list) else value
        table.add_row(name.replace("_", " "), str(shown))
    Console().print(table)


def _reason(failure: "StepFailureData") -> str:
    """Why a step failed: what it said itself, or the error below Dagster's own."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return failure.user_failure_data.description
    return _cause(failure.error)


def _cause(error: "SerializableErrorInfo | None") -> str:
    """What stands below Dagster's own error."""
    while error is not None and error.cause is not None:
        error = error.cause
    return "unknown" if error is None else error.message.strip()


@contextmanager
def _settled(ready: Platform, instance: "DagsterInstance") -> Iterator[None]:
    """Settles the run of a load that was killed, where nobody else can have a run under way, then lets a load run.

    That is known only of the embedded server, while no `catalog up` runs on the home and no other load does.
    """
    from catalog_assets.cli.runs import settle_dead_runs  # noqa: PLC0415

    with (ready.home / "load.lock").open("ab") as loads, (ready.home / "up.lock").open("ab") as up:
        if ready.server is not None and _alone(loads) and _alone(up):
            settle_dead_runs(ready, instance)
        fcntl.flock(up, fcntl.LOCK_UN)
        fcntl.flock(loads, fcntl.LOCK_SH)
        yield


def _alone(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def _shown(ready: Platform, bar: Bar, run_id: str) -> Iterator[None]:
    """Shows a bar, read from the database by a thread, while what it holds runs."""
    from catalog_assets.cli.first_load import bar as terminal_bar  # noqa: PLC0415

    ended = threading.Event()

    def follow(terminal: IO[str]) -> None:
        database = Database(ready.urls.source, pool_size=1)
        console = Console(file=terminal)
        with terminal_bar(console, bar.unit) as shown, database.connection(autocommit=True) as connection:
            look = bar.begin(connection, run_id)
            task = shown.add_task("starting", total=None)
            while not ended.wait(_POLL_S):
                stage = look()
                if stage is not None:
                    shown.update(task, description=stage.name, completed=stage.done, total=stage.total)
        database.close()

    # Dagster turns standard error aside while a step runs: the bar has a way of its own to the terminal.
    with os.fdopen(os.dup(2), "w", encoding=sys.stderr.encoding) as terminal:
        follower = threading.Thread(target=follow, args=[terminal], name="progress", daemon=True)
        follower.start()
        try:
            yield
        finally:
            ended.set()
            follower.join(timeout=10)
