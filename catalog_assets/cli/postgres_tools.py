"""PostgreSQL's own tools, found and run: those of the embedded wheel, or newer ones on the PATH.

A tool must not be older than the server that it talks to. The password goes through the environment, which only its
owner can read, and never into the arguments.
"""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from pydantic import SecretStr

from resources.embedded_install import major_of, wheel_programs
from resources.errors import CatalogError, EmbeddedServerError


def find_tools(server_major: int) -> Path:
    """A folder with pg_dump, pg_restore and psql of at least this major version.

    Raises:
        CatalogError: there is none.
    """
    for folder in _candidates():
        if all((folder / tool).exists() for tool in ("pg_dump", "pg_restore", "psql")):
            version = major_of(folder / "pg_dump")
            if version is not None and version >= server_major:
                return folder
    raise CatalogError(
        f"pg_dump, pg_restore and psql of PostgreSQL {server_major} or newer are not on this machine: "
        f"install PostgreSQL's client programs and see that they are on the PATH."
    )


def server_major(url: SecretStr) -> int:
    """The major version of the server behind a URL."""
    with psycopg.connect(url.get_secret_value(), connect_timeout=10) as connection:
        return connection.info.server_version // 10_000


def run_tool(command: list[str], url: SecretStr, *, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start a tool on a database; its errors are read from `stderr`."""
    parts = conninfo_to_dict(url.get_secret_value())
    password = parts.pop("password", None)
    environment = dict(os.environ)
    if password is not None:
        environment["PGPASSWORD"] = str(password)
    return subprocess.Popen(
        [*command, "--dbname", make_conninfo("", **parts)],
        stdin=stdin,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
    )


def _candidates() -> list[Path]:
    found = shutil.which("pg_dump")
    on_path = [Path(found).parent] if found else []
    try:
        return [wheel_programs(), *on_path]
    except EmbeddedServerError:
        return on_path  # no wheel for this machine: a server of one's own is in use
