"""The embedded PostgreSQL: the first who comes starts it, every command on a home shares it, the last one stops it.

Each user of the server holds a shared lock on a file in the home; a process that is killed loses its lock with its
life, so nothing has to be counted. Starting and stopping are serialised by a second lock. The server listens on the
loopback interface alone and asks for a generated password. The wheel's own `get_server` is never called: as root it
opens every parent folder to all users.
"""

import fcntl
import os
import secrets
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import urlsplit

import psycopg
from psycopg import sql
from pydantic import SecretStr

from resources.access import DatabaseUrls
from resources.embedded_install import (
    EmbeddedInstall,
    major_version,
    prepare_install,
    recorded_folder,
    refusals_explained,
)
from resources.embedded_process import STOP_SECONDS, end_orphans, find_postmaster, start_program, stop_postmaster
from resources.errors import EmbeddedServerError

DATABASES = ("dagster", "source", "catalog")
SANDBOX_SUFFIX = "_sandbox"
"""Databases filled from the sandbox bear its name, so that real credentials begin with empty ones."""

ROLE = "catalog"

_OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "max_connections": "200",  # Dagster opens a connection for every query
    "shared_buffers": "512MB",  # a merge of a whole kind writes some hundred megabytes
    "wal_buffers": "64MB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "effective_cache_size": "1GB",
    "random_page_cost": "1.1",
    "client_connection_check_interval": "1s",  # a killed run's statement ends too, and its locks go
    "jit": "off",  # compiling costs more than our short statements
    "max_parallel_workers_per_gather": "0",  # two cores are shared with Dagster; containers give little shared memory
    "wal_level": "minimal",  # there is no replica; a backup is taken with pg_dump
    "max_wal_senders": "0",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "15min",
}
_START_SECONDS = 300  # a server that was killed first replays its log
_LOG_BYTES = 5_000_000


class EmbeddedServer:
    """A context in which the server of one home runs: `with EmbeddedServer(home) as server: server.urls`.

    Args:
        home: the folder that records and holds everything (`CATALOG_HOME`).
        sandbox: whether the databases are those filled from the sandbox.
        options: server options over our own, for tests.
    """

    def __init__(self, home: Path, *, sandbox: bool = False, options: Mapping[str, str] | None = None) -> None:
        self.home = home
        self._suffix = SANDBOX_SUFFIX if sandbox else ""
        self.was_running = False
        self._options = {**_OPTIONS, **(options or {})}
        self._users: IO[bytes] | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._port = 0

    def __enter__(self) -> Self:
        """Start the server, or join the one that runs.

        Raises:
            EmbeddedServerError: says what stands in the way and what to do.
        """
        with refusals_explained(self.home), ExitStack() as undo:
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            undo.callback(stop_if_unused, self.home)
            users = undo.enter_context(_open_lock(self.home, "server.users"))
            with _starting(self.home):
                fcntl.flock(users, fcntl.LOCK_SH)
                self._ensure_running(prepare_install(self.home))
            undo.pop_all()
        self._users = users
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; the last one stops the server."""
        if self._users is not None:
            self._users.close()
            self._users = None
            stop_if_unused(self.home)
        if self._child is not None and self._child.poll() is None and not _is_used(self.home):
            self._child.wait(STOP_SECONDS)

    def revive(self) -> bool:
        """Start the server again should it have died, where it listened before; True if it had.

        Raises:
            EmbeddedServerError: it does not start, or its port is another's by now.
        """
        with refusals_explained(self.home), _starting(self.home):
            install = prepare_install(self.home)
            if find_postmaster(install.data) is not None:
                return False
            port = self._port
            end_orphans(install.data)
            self._launch(install)
            if self._port != port:
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL died and its port {port} is taken by another program: start again."
                )
            return True

    @property
    def urls(self) -> DatabaseUrls:
        """Plain `postgresql://` URLs of the three databases, password included."""
        dagster, source, catalog = (self.url(name + self._suffix) for name in DATABASES)
        return DatabaseUrls(source=source, catalog=catalog, dagster=dagster)

    def url(self, database: str) -> SecretStr:
        """The URL of one database of this server."""
        return SecretStr(f"postgresql://{ROLE}:{_password(self.home)}@127.0.0.1:{self._port}/{database}")

    def _ensure_running(self, install: EmbeddedInstall) -> None:
        running = find_postmaster(install.data)
        self.was_running = running is not None
        if running is None:
            end_orphans(install.data)
            self._make_cluster(install)
            self._launch(install)
        else:
            self._port = running.port
            self._wait_until_ready(install)
        self._make_databases()

    def _make_cluster(self, install: EmbeddedInstall) -> None:
        ours = major_version(install.programs)
        if install.data.exists():
            theirs = (install.data / "PG_VERSION").read_text(encoding="ascii").strip()
            if theirs != str(ours):
                raise EmbeddedServerError(
                    f"{install.data} was made by PostgreSQL {theirs} and this is PostgreSQL {ours}: "
                    f"go back to the release that made it, run `catalog backup`, and restore into a new CATALOG_HOME."
                )
            return
        partial = install.folder / "data.partial"
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        password = secrets.token_urlsafe(24)
        _write_private(self.home / "server.password", password)
        password_file = install.folder / "password.partial"
        _write_private(password_file, password)
        if install.account is not None:
            os.chown(partial, install.account.uid, install.account.gid)
            os.chown(password_file, install.account.uid, install.account.gid)
        arguments = [
            *("-D", str(partial), "-U", ROLE, f"--pwfile={password_file}", "--auth=scram-sha-256", "--encoding=UTF8"),
            *("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
        ]
        if self._options.get("fsync") == "off":
            arguments.append("--no-sync")
        try:
            made = start_program(install, "initdb", arguments, stdout=subprocess.PIPE)
            output = made.communicate()[0].decode(errors="replace")
        finally:
            password_file.unlink()
        if made.returncode != 0:
            raise EmbeddedServerError(f"initdb failed in {install.folder}: {_last_complaint(output)}")
        partial.rename(install.data)

    def _launch(self, install: EmbeddedInstall) -> None:
        log = _log_file(self.home)
        if self._child is not None:
            self._child.wait()  # it died, or we would not be here
        for attempt in range(5):
            self._port = _free_port(_remembered_port(install.data) if attempt == 0 else 0)
            arguments = ["-D", str(install.data)]
            for name, value in {**self._options, "port": str(self._port)}.items():
                arguments += ["-c", f"{name}={value}"]
            begin = log.stat().st_size if log.exists() else 0
            with log.open("ab") as sink:
                self._child = start_program(install, "postgres", arguments, stdout=sink)
            if self._wait_until_ready(install):
                return
            output = log.read_bytes()[begin:].decode(errors="replace")
            if "could not bind" not in output:
                raise EmbeddedServerError(
                    f"The embedded PostgreSQL did not start: {_last_complaint(output)} The whole story stands in {log}."
                )
        raise EmbeddedServerError("The embedded PostgreSQL found no free port: end some programs and try again.")

    def _wait_until_ready(self, install: EmbeddedInstall) -> bool:
        """True when the server takes connections, False when the child that we started ended first."""
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                return False
            found = find_postmaster(install.data)
            if found is not None and found.ready:
                return True
            time.sleep(0.02)
        raise EmbeddedServerError(
            f"The embedded PostgreSQL is not ready after {_START_SECONDS} s: "
            f"look into {_log_file(self.home)} and try again."
        )

    def _make_databases(self) -> None:
        with psycopg.connect(
            self.url("postgres").get_secret_value(), autocommit=True, connect_timeout=10
        ) as connection:
            present = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for name in sorted({name + self._suffix for name in DATABASES} - present):
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


def stop_if_unused(home: Path) -> bool:
    """Stop the server of a home that no process uses any more; True if none runs now.

    Raises:
        EmbeddedServerError: the server does not stop.
    """
    folder = recorded_folder(home)
    if folder is None:
        return True
    with _starting(home):
        if _is_used(home):
            return False
        running = find_postmaster(folder / "data")
        if running is not None:
            stop_postmaster(running.process)
        return True


def is_embedded(home: Path, url: SecretStr) -> bool:
    """Whether a URL is one of this home's server, as in a shell that took the lines of `catalog env`."""
    path = home / "server.password"
    return path.exists() and urlsplit(url.get_secret_value()).password == _password(home)


@contextmanager
def _starting(home: Path) -> Iterator[None]:
    with _open_lock(home, "server.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_used(home: Path) -> bool:
    with _open_lock(home, "server.users") as users:
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def _open_lock(home: Path, name: str) -> IO[bytes]:
    return (home / name).open("ab")


def _password(home: Path) -> str:
    path = home / "server.password"
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise EmbeddedServerError(
            f"{path} is gone: bring it back from a copy, or remove {home} to begin anew."
        ) from None


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(text + "\n")


def _log_file(home: Path) -> Path:
    logs = home / "logs"
    logs.mkdir(exist_ok=True)
    log = logs / "postgres.log"
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(logs / "postgres.log.1")
    return log


def _remembered_port(data: Path) -> int:
    try:
        return int((data / "postmaster.opts").read_text(encoding="utf-8").rsplit("port=", 1)[1].split('"')[0])
    except (FileNotFoundError, IndexError, ValueError):
        return 0


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise EmbeddedServerError("No port is free on 127.0.0.1: end some programs and try again.")


def _last_complaint(output: str) -> str:
    lines = [line for line in output.splitlines() if any(word in line for word in ("FATAL", "PANIC", "error", "HINT"))]
    text = (lines or output.splitlines() or ["it said nothing."])[-1].split(":", 1)[-1].strip()
    return text if text.endswith(".") else f"{text}."
