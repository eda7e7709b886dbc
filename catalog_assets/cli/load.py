"""`catalog load`: a census or a poll as a Dagster run of this process, with a bar and a closing summary."""

import fcntl
import json
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from enum import StrEnum
from typing import IO, TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import psycopg
import typer
from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from catalog_assets.cli.environment import Platform, platform
from catalog_assets.health import read_now
from catalog_assets.hotstar.kinds import KINDS, Kind
from resources.databases import Database
from resources.errors import CatalogError
from resources.logs import configure
from resources.statements import statement

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.execution.plan.objects import StepFailureData
    from dagster_shared.error import SerializableErrorInfo

_POLL_S = 0.5


KindName = StrEnum("KindName", {plural: plural for plural in KINDS})  # type: ignore[misc] # typer reads an enumeration


def load(
    kind: Annotated[KindName, typer.Argument(help="What to load.")],
    *,
    census: Annotated[bool, typer.Option("--census", help="List everything (the default).")] = False,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="List what changed on this day in India.")
    ] = None,
    approve_deletions: Annotated[
        int | None,
        typer.Option(min=0, help="Apply deletions above the guard if the new census finds at most so many."),
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Seasons: of every series that was not listed within a day.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """List a kind, merge it and check it; exit status 0 only if every blocking check passed."""
    described = KINDS[kind.value]
    if census and day is not None:
        raise CatalogError("Choose --census or --day, not both.")
    if day is not None and approve_deletions is not None:
        raise CatalogError("Deletions are approved for what a new census finds: leave --day out.")
    if day is not None and not described.is_polled:
        raise CatalogError(f"Hotstar does not say what changed among {kind.value} on a day: leave --day out.")
    if every and described.listed_by is None:
        raise CatalogError(f"A census of {kind.value} lists all of them: leave --all out.")
    config: dict[str, Any] = {} if day else {"approve_deletions": approve_deletions}
    if every:
        config["every"] = True
    with platform() as ready:
        summary = _run(ready, described, day.date() if day else None, config, Console(stderr=True))
    print(json.dumps(summary, default=str)) if as_json else _show(summary)
    if not summary["succeeded"]:
        sys.exit(1)


def _run(ready: Platform, kind: Kind, day: date | None, config: dict[str, Any], console: Console) -> dict[str, Any]:
    # Dagster takes a second to import: what can be refused was refused before.
    from catalog_assets.cli.runs import opened_instance  # noqa: PLC0415
    from catalog_assets.definitions import defs  # noqa: PLC0415
    from catalog_assets.jobs import CENSUS, POLL, asset_keys  # noqa: PLC0415
    from catalog_assets.partitions import HOTSTAR_ZONE  # noqa: PLC0415

    job = POLL if day else CENSUS
    partition = (day or datetime.now(ZoneInfo(HOTSTAR_ZONE)).date()).isoformat()
    ops = {f"hotstar__{kind.listing}": {"config": config}} if config else {}
    run_config = {"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with (
        opened_instance(ready) as instance,
        _settled(ready, instance),
        (ready.home / "logs" / "load.log").open("a", encoding="utf-8") as lines,
    ):
        configure(ready.settings.catalog_log_level, stream=lines)  # the bar has the terminal
        with _shown(ready, kind, is_poll=day is not None, console=console):
            result = defs.resolve_job_def(job).execute_in_process(
                instance=instance,
                partition_key=partition,
                run_config=run_config,
                asset_selection=asset_keys(kind, job),
                raise_on_error=False,
            )
        evaluations = result.get_asset_check_evaluations()
        failed = [
            f"{evaluation.check_name} ({evaluation.metadata['offenders'].value})"
            for evaluation in evaluations
            if not evaluation.passed
        ]
        errors = [_reason(event.step_failure_data) for event in result.get_step_failure_events()]
        run_failures = [event.job_failure_data.error for event in result.all_events if event.is_run_failure]
    return {
        "run": result.run_id,
        "succeeded": result.success,
        **_summary(ready, kind.name, result.run_id),
        "checks": f"{len(evaluations) - len(failed)} of {len(evaluations)} passed",
        "checks_failed": failed,
        "errors": errors or [_cause(error) for error in run_failures],
    }


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


def _summary(ready: Platform, kind: str, run_id: str) -> dict[str, Any]:
    with psycopg.connect(ready.urls.source.get_secret_value(), row_factory=dict_row) as connection:
        row = connection.execute(statement("hotstar/summarise_run"), {"kind": kind, "run_id": run_id}).fetchone()
    return row or {}


def _show(summary: dict[str, Any]) -> None:
    table = Table(show_header=False)
    for name, value in summary.items():
        shown = "\n".join(map(str, value)) or "none" if isinstance(value, list) else value
        table.add_row(name.replace("_", " "), str(shown))
    Console().print(table)


@contextmanager
def _shown(ready: Platform, kind: Kind, *, is_poll: bool, console: Console) -> Iterator[None]:
    """Shows a bar, read from the database by a thread, while what it holds runs."""
    from catalog_assets.cli.first_load import bar  # noqa: PLC0415
    from catalog_assets.hotstar.progress import progress  # noqa: PLC0415

    ended = threading.Event()

    def follow() -> None:
        database = Database(ready.urls.source, pool_size=1)
        with bar(console) as shown, database.connection(autocommit=True) as connection:
            since = read_now(connection)
            task = shown.add_task("starting", total=None)
            while not ended.wait(_POLL_S):
                done = progress(
                    connection, kind.name, purposes=["update"] if is_poll else ["census", "round"], since=since
                )
                if done is not None:
                    stage = "merging and checking" if done.is_listed else f"fetching {kind.plural}"
                    shown.update(task, description=stage, completed=done.pages, total=done.expected)
        database.close()

    follower = threading.Thread(target=follow, name="progress", daemon=True)
    follower.start()
    try:
        yield
    finally:
        ended.set()
        follower.join(timeout=10)
