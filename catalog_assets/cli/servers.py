"""Dagster's own processes under `catalog up`: code server, webserver and daemon, on the loopback interface alone."""

import json
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import dagster
import psutil
from dagster import AssetKey, DagsterInstance, DagsterRunStatus

from catalog_assets.cli.environment import Platform
from catalog_assets.cli.locks import LOAD, alone
from catalog_assets.cli.processes import Child, ask_to_end, await_end, descendants, kill, living, marked, start
from catalog_assets.cli.runs import LOCATION, is_launched, is_loaded, opened_instance, runs_of, settle_dead_runs
from resources.errors import CatalogError

DEFINITIONS = "catalog_assets.definitions"

_READY_S = 120
_WORKERS_S = 4.0
_SERVERS_S = 3.0
_POLL_S = 0.1
_UPKEEP_S = 2.0


class Servers:
    """The running servers.

    Attributes:
        address: where the UI answers.
        instance: the Dagster instance that they share.
        is_stopped: whether a signal asked for the end.
    """

    def __init__(
        self, address: str, instance: DagsterInstance, is_stopped: Callable[[], bool], children: list[Child]
    ) -> None:
        self.address = address
        self.instance = instance
        self.is_stopped = is_stopped
        self._children = children

    def check(self) -> None:
        """See that all still run.

        Raises:
            CatalogError: one ended by itself.
        """
        for child in self._children:
            if child.has_ended:
                raise CatalogError(f"The {child.name} ended by itself: {child.log} says why. Run `catalog up` again.")

    def watch(self, upkeep: Callable[[], None]) -> None:
        """Wait for a signal, and do the upkeep every two seconds.

        Raises:
            CatalogError: a server ended by itself, or the upkeep failed.
        """
        due = time.monotonic()
        while not self.is_stopped():
            self.check()
            if time.monotonic() >= due:
                upkeep()
                due = time.monotonic() + _UPKEEP_S
            time.sleep(_POLL_S)

    def await_ready(self) -> None:
        """Wait until the UI answers and shows the code location, or a signal comes.

        Raises:
            CatalogError: it does not, and why.
        """
        deadline = time.monotonic() + _READY_S
        while not self.is_stopped() and not is_loaded(self.address):
            self.check()
            if time.monotonic() > deadline:
                logs = self._children[0].log.parent
                raise CatalogError(f"Dagster is not ready after {_READY_S} s: look into the logs in {logs}.")
            time.sleep(_POLL_S)


@contextmanager
def running_servers(
    ready: Platform, port: int, is_stopped: Callable[[], bool], *, taken_up: Collection[AssetKey]
) -> Iterator[Servers]:
    """Start the servers, settle what a dead host left, and end them afterwards with every run worker.

    Args:
        ready: what they stand on.
        port: of the UI.
        is_stopped: whether a signal asked for the end.
        taken_up: what the caller fetches again itself should a run of it have died with its host.

    Raises:
        CatalogError: a server does not start.
    """
    logs = ready.home / "logs"
    code_port = _free_port()
    workspace = _write_workspace(ready.home, code_port)
    children: list[Child] = []
    with ExitStack() as stack:
        stack.callback(_end_what_is_left, ready, children)
        code = start("code-server", _code_server(code_port), environment={}, logs=logs)
        children.append(code)
        instance = stack.enter_context(opened_instance(ready))
        _upgrade_storage(instance, ready.home)
        with alone(ready.home, LOAD) as no_load:
            settle_dead_runs(ready, instance, taken_up=taken_up, spare_loads=not no_load)
        stack.callback(settle_dead_runs, ready, instance, spare_loads=True)
        stack.callback(_end_in_order, instance, children)
        _await_port(code, code_port, is_stopped)
        for name, arguments in (
            ("webserver", ["dagster_webserver", "--host", "127.0.0.1", "--port", str(port)]),
            ("daemon", ["dagster._daemon", "run"]),
        ):
            command = [sys.executable, "-m", *arguments, "--workspace", str(workspace)]
            children.append(start(name, command, environment={}, logs=logs))
        servers = Servers(f"http://127.0.0.1:{port}", instance, is_stopped, children)
        servers.await_ready()
        yield servers


def _upgrade_storage(instance: DagsterInstance, home: Path) -> None:
    """Let a new release of Dagster migrate its own database, once."""
    path = home / "dagster" / "version"
    if not path.exists() or path.read_text(encoding="utf-8") != dagster.__version__:
        instance.upgrade()
        path.write_text(dagster.__version__, encoding="utf-8")


def _code_server(port: int) -> list[str]:
    return [
        *(sys.executable, "-m", "dagster", "code-server", "start", "--host", "127.0.0.1", "--port", str(port)),
        *("--module-name", DEFINITIONS, "--location-name", LOCATION, "--use-python-environment-entry-point"),
    ]


def _write_workspace(home: Path, port: int) -> Path:
    path = home / "dagster" / "workspace.yaml"
    server = {"grpc_server": {"host": "127.0.0.1", "port": port, "location_name": LOCATION}}
    path.write_text(json.dumps({"load_from": [server]}), encoding="utf-8")
    return path


def _await_port(child: Child, port: int, is_stopped: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _READY_S
    while not is_stopped() and time.monotonic() < deadline:
        if child.has_ended:
            raise CatalogError(f"The {child.name} did not start: {child.log} says why.")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(_POLL_S)
    if not is_stopped():
        raise CatalogError(f"The {child.name} is not ready after {_READY_S} s: look into {child.log}.")


def _end_in_order(instance: DagsterInstance, children: list[Child]) -> None:
    """Daemon and run workers first, so that nothing new begins; a run that is cut counts as cancelled by a person."""
    code = children[0]
    daemon = living(child for child in children if child.name == "daemon")
    workers = [process for process in descendants(code) if _is_run_worker(process)]
    for run in runs_of(instance, (DagsterRunStatus.STARTED, DagsterRunStatus.STARTING)):
        if is_launched(run):
            instance.report_run_canceling(run)
    ask_to_end([*daemon, *workers])
    await_end([*daemon, *workers], _WORKERS_S)


def _end_what_is_left(ready: Platform, children: list[Child]) -> None:
    servers = living(children)
    ask_to_end(servers)
    await_end(servers, _SERVERS_S)
    sandbox = ready.sandbox.pid if ready.sandbox else None
    kill([process for process in marked(ready.mark) if process.pid != sandbox])
    for child in children:
        child.process.wait()


def _is_run_worker(process: psutil.Process) -> bool:
    try:
        return "spawn_main" in " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
