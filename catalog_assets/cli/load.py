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
from resources.databases import Database
from resources.errors import CatalogError
from resources.logs import configure
from resources.statements import statement

if TYPE_CHECKING:
    from dagster import DagsterInstance
    from dagster._core.execution.plan.objects import StepFailureData

_POLL_S = 0.5


class KindName(StrEnum):
    """What can be loaded."""

    movies = "movies"


def load(
    kind: Annotated[KindName, typer.Argument(help="What to load.")],
    census: Annotated[bool, typer.Option("--census", help="List everything (the default).")] = False,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="List what changed on this day in India.")
    ] = None,
    approve_deletions: Annotated[
        int | None,
        typer.Option(min=0, help="Apply deletions above the guard if the new census finds at most so many."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """List a kind, merge it and check it; exit status 0 only if every blocking check passed."""
    if census and day is not None:
        raise CatalogError("Choose --census or --day, not both.")
    if day is not None and approve_deletions is not None:
        raise CatalogError("Deletions are approved for what a new census finds: leave --day out.")
    with platform() as ready:
        summary = _run(ready, kind, day.date() if day else None, approve_deletions, Console(stderr=True))
    print(json.dumps(summary, default=str)) if as_json else _show(summary)
    if not summary["succeeded"]:
        sys.exit(1)


def _run(
    ready: Platform, kind: KindName, day: date | None, approve_deletions: int | None, console: Console
) -> dict[str, Any]:
    # Dagster takes a second to import: what can be refused was refused before.
    from dagster import DagsterInstance  # noqa: PLC0415

    from catalog_assets.definitions import defs  # noqa: PLC0415
    from catalog_assets.hotstar.kinds import KINDS  # noqa: PLC0415
    from catalog_assets.jobs import CENSUS, POLL  # noqa: PLC0415
    from catalog_assets.partitions import HOTSTAR_ZONE  # noqa: PLC0415

    described = KINDS[kind.value]
    partition = (day or datetime.now(ZoneInfo(HOTSTAR_ZONE)).date()).isoformat()
    approval = {f"hotstar__{described.name}_census": {"config": {"approve_deletions": approve_deletions}}}
    config = {"ops": {} if day else approval, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    selection = [["hotstar", described.plural], ["hotstar", f"{described.name}_{'updates' if day else 'census'}"]]
    with (
        DagsterInstance.get() as instance,
        _settled(ready, instance),
        (ready.home / "logs" / "load.log").open("a", encoding="utf-8") as lines,
    ):
        configure(ready.settings.catalog_log_level, stream=lines)  # the bar has the terminal
        with _shown(ready, described.name, is_census=day is None, console=console):
            result = defs.resolve_job_def(POLL if day else CENSUS).execute_in_process(
                instance=instance,
                partition_key=partition,
                run_config=config,
                asset_selection=[_key(path) for path in selection],
                raise_on_error=False,
            )
        evaluations = result.get_asset_check_evaluations()
        failed = [
            f"{evaluation.check_name} ({evaluation.metadata['offenders'].value})"
            for evaluation in evaluations
            if not evaluation.passed
        ]
        errors = [_reason(event.step_failure_data) for event in result.get_step_failure_events()]
    return {
        "run": result.run_id,
        "succeeded": result.success,
        **_summary(ready, described.name, result.run_id),
        "checks": f"{len(evaluations) - len(failed)} of {len(evaluations)} passed",
        "checks_failed": failed,
        "errors": errors,
    }


def _reason(failure: "StepFailureData") -> str:
    """Why a step failed: what it said itself, or the error below Dagster's own."""
    if failure.user_failure_data is not None and failure.user_failure_data.description:
        return failure.user_failure_data.description
    error = failure.error
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
            settle_dead_runs(instance)
        fcntl.flock(up, fcntl.LOCK_UN)
        fcntl.flock(loads, fcntl.LOCK_SH)
        yield


def _alone(lock: IO[bytes]) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _key(path: list[str]) -> Any:
    from dagster import AssetKey  # noqa: PLC0415

    return AssetKey(path)


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
def _shown(ready: Platform, kind: str, *, is_census: bool, console: Console) -> Iterator[None]:
    """Shows a bar, read from the database by a thread, while what it holds runs."""
    from catalog_assets.cli.first_load import bar  # noqa: PLC0415
    from catalog_assets.hotstar.progress import progress  # noqa: PLC0415

    ended = threading.Event()

    def follow() -> None:
        database = Database(ready.urls.source, pool_size=1)
        with bar(console) as shown, database.connection(autocommit=True) as connection:
            begun = connection.execute("SELECT ops.now()").fetchone()
            task = shown.add_task("starting", total=None)
            while not ended.wait(_POLL_S):
                done = progress(
                    connection, kind, purpose="census" if is_census else "update", since=begun[0] if begun else None
                )
                if done is not None:
                    stage = "merging and checking" if done.is_listed else f"fetching {kind}s"
                    shown.update(task, description=stage, completed=done.pages, total=done.expected)
        database.close()

    follower = threading.Thread(target=follow, name="progress", daemon=True)
    follower.start()
    try:
        yield
    finally:
        ended.set()
        follower.join(timeout=10)
