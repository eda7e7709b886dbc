"""The first load under `catalog up`: launched as a Dagster run, taken up where it was cut off, and shown as it goes."""

import time

from dagster import DagsterInstance, DagsterRun, DagsterRunStatus
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.runs import UNDER_WAY, WAITING, launch, runs_of
from catalog_assets.cli.servers import Servers
from catalog_assets.hotstar.kinds import MOVIE
from catalog_assets.hotstar.progress import needs_first_load, progress
from catalog_assets.jobs import CENSUS
from catalog_assets.partitions import hotstar_days
from resources.databases import Database

_POLL_S = 0.5


def first_load_is_due(ready: Platform) -> bool:
    """Whether Hotstar can be reached and its films were never loaded to the end."""
    if ready.settings.hotstar is None:
        return False
    database = Database(ready.urls.source, pool_size=1)
    try:
        with database.connection() as connection:
            return needs_first_load(connection, MOVIE.name)
    finally:
        database.close()


def follow_first_load(ready: Platform, servers: Servers, console: Console) -> None:
    """Launch the first load where it is due and not queued yet, and show a bar until it ends or a signal comes."""
    if not first_load_is_due(ready):
        return
    present = runs_of(servers.instance, (*UNDER_WAY, *WAITING), job=CENSUS)
    run_id = present[0].run_id if present else _launch_today(servers)
    console.print(f"The first load runs as {servers.address}/runs/{run_id}", soft_wrap=True)
    database = Database(ready.urls.source, pool_size=1)
    try:
        with bar(console) as shown:
            task = shown.add_task("waiting for its turn", total=None)
            while not servers.is_stopped() and not (run := _run(servers.instance, run_id)).is_finished:
                servers.check()
                with database.connection(autocommit=True) as connection:
                    done = progress(connection, MOVIE.name)
                if run.status is DagsterRunStatus.STARTED and done is not None:
                    stage = "merging and checking" if done.is_listed else "fetching films"
                    shown.update(task, description=stage, completed=done.pages, total=done.expected)
                time.sleep(_POLL_S)
    finally:
        database.close()
    if not servers.is_stopped():
        _report(console, _run(servers.instance, run_id), servers.address)


def _launch_today(servers: Servers) -> str:
    today = hotstar_days.get_last_partition_key()
    return launch(servers.address, CENSUS, partition=str(today))


def _run(instance: DagsterInstance, run_id: str) -> DagsterRun:
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise LookupError(f"Dagster no longer knows the run {run_id}.")
    return run


def _report(console: Console, run: DagsterRun, address: str) -> None:
    if run.is_success:
        console.print("The first load is complete.")
    else:
        console.print(
            f"The first load ended as {run.status.value}: see {address}/runs/{run.run_id}. "
            f"What was fetched is kept; the next census takes it up."
        )


def bar(console: Console) -> ProgressBar:
    """A bar of pages with the time left."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("pages"))
    return ProgressBar(*columns, TimeRemainingColumn(), console=console)
