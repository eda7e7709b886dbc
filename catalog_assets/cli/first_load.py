"""The first load under `catalog up`: launched as a Dagster run, taken up where it was cut off, and shown as it goes."""

import time
from collections.abc import Callable, Sequence
from contextlib import closing

from dagster import AssetKey, DagsterInstance, DagsterRun, DagsterRunStatus
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as ProgressBar

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.runs import UNDER_WAY, WAITING, launch, runs_of
from catalog_assets.cli.servers import Servers
from catalog_assets.hotstar.kinds import CHANNEL, KINDS, MOVIE, SHOW, Kind
from catalog_assets.hotstar.progress import Progress, needs_first_load, progress
from catalog_assets.jobs import CENSUS, asset_keys, fetching_key
from catalog_assets.partitions import hotstar_days
from resources.databases import Database
from resources.errors import DatabaseError

_POLL_S = 0.5


FIRST = (MOVIE, SHOW, CHANNEL)
"""What a person sees first: two minutes at one request a second. Sensors load the rest afterwards, one by one."""


def kinds_to_load(ready: Platform) -> list[Kind]:
    """The kinds that were never loaded to the end; none if Hotstar can't be reached."""
    if ready.settings.hotstar is None:
        return []
    database = Database(ready.urls.source, pool_size=1)
    with closing(database), database.connection() as connection:
        return [kind for kind in KINDS.values() if needs_first_load(connection, kind.name)]


def taken_up(ready: Platform) -> list[AssetKey]:
    """What `follow_first_load` will fetch."""
    keys = (fetching_key(kind, CENSUS) for kind in kinds_to_load(ready) if kind in FIRST)
    return [key for key in keys if key is not None]


def follow_first_load(ready: Platform, servers: Servers, console: Console) -> None:
    """Launch the first loads that are due and not queued yet, one by one, each with a bar, until a signal comes."""
    due = [kind for kind in kinds_to_load(ready) if kind in FIRST]
    for kind in due:
        if servers.is_stopped():
            return
        run_id = _present(servers.instance, kind) or _launch_today(servers, kind)
        console.print(f"The {kind.plural} are loaded by {servers.address}/runs/{run_id}", soft_wrap=True)
        _follow(ready, servers, console, kind, run_id)
    if due and not servers.is_stopped():
        _report(console, kinds_to_load(ready))


def follow_the_rest(ready: Platform, console: Console) -> Callable[[], None]:
    """What shows, each time it is called, how far the kinds are that sensors load in the background."""
    shown = bar(console)
    tasks: dict[str, TaskID] = {}
    left: list[str] | None = None

    def follow() -> None:
        nonlocal left
        if left == []:
            return
        try:
            waiting = _progress_of_the_rest(ready)
        except DatabaseError:
            return  # the upkeep starts a server that died: the bars go on with the next look
        if left is None:
            left = [kind.plural for kind in waiting]
        for kind, done in waiting.items():
            if done is None:
                continue
            if not tasks:
                shown.start()
            if kind.plural not in tasks:
                tasks[kind.plural] = shown.add_task("")
            stage = "merging and checking" if done.is_listed else "fetching"
            shown.update(
                tasks[kind.plural], description=f"{stage} {kind.plural}", completed=done.pages, total=done.expected
            )
        for plural in set(left) - {kind.plural for kind in waiting}:
            left.remove(plural)
            if plural in tasks:
                shown.remove_task(tasks.pop(plural))
            console.print(f"The {plural} are loaded.")
        if not tasks:
            shown.stop()

    return follow


def _progress_of_the_rest(ready: Platform) -> dict[Kind, Progress | None]:
    due = kinds_to_load(ready)
    database = Database(ready.urls.source, pool_size=1)
    with closing(database), database.connection(autocommit=True) as connection:
        return {kind: progress(connection, kind.name) for kind in due}


def _present(instance: DagsterInstance, kind: Kind) -> str | None:
    key = fetching_key(kind, CENSUS)
    runs = runs_of(instance, (*UNDER_WAY, *WAITING), job=CENSUS)
    return next((run.run_id for run in runs if not run.asset_selection or key in run.asset_selection), None)


def _launch_today(servers: Servers, kind: Kind) -> str:
    today = hotstar_days.get_last_partition_key()
    return launch(servers.address, CENSUS, asset_keys(kind, CENSUS), partition=str(today))


def _follow(ready: Platform, servers: Servers, console: Console, kind: Kind, run_id: str) -> None:
    database = Database(ready.urls.source, pool_size=1)
    with closing(database), bar(console) as shown:
        task = shown.add_task("waiting for its turn", total=None)
        while not servers.is_stopped() and not (run := _run(servers.instance, run_id)).is_finished:
            servers.check()
            with database.connection(autocommit=True) as connection:
                done = progress(connection, kind.name)
            if run.status is DagsterRunStatus.STARTED and done is not None:
                stage = "merging and checking" if done.is_listed else f"fetching {kind.plural}"
                shown.update(task, description=stage, completed=done.pages, total=done.expected)
            time.sleep(_POLL_S)
    if not servers.is_stopped() and not (run := _run(servers.instance, run_id)).is_success:
        console.print(
            f"The first load of {kind.plural} ended as {run.status.value}: see {servers.address}/runs/{run_id}. "
            f"What was fetched is kept; the next census takes it up."
        )


def _run(instance: DagsterInstance, run_id: str) -> DagsterRun:
    run = instance.get_run_by_id(run_id)
    if run is None:
        raise LookupError(f"Dagster no longer knows the run {run_id}.")
    return run


def _report(console: Console, left: Sequence[Kind]) -> None:
    if any(kind in FIRST for kind in left):
        console.print("The first load is not complete.")
        return
    rest = ", ".join(kind.plural for kind in left)
    console.print("The first load is complete." + (f" In the background follow: {rest}." if rest else ""))


def bar(console: Console, unit: str = "pages") -> ProgressBar:
    """A bar of pages, or of another unit, with the time left; none where nobody watches it."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(unit))
    return ProgressBar(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal)
