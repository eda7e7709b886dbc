"""`catalog backup` and `catalog restore`: copies of the databases `source` and `catalog`, by PostgreSQL's own tools.

A copy is a folder with one custom-format dump a database and a note of what it is. It is written under another name and
renamed when it is whole; it is restored in one transaction a database, so that a failure changes nothing in it.
"""

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from pydantic import SecretStr

from catalog_assets.cli.databases import AsJson
from catalog_assets.cli.environment import Platform, platform
from catalog_assets.cli.locks import LOAD, UP, alone
from catalog_assets.cli.postgres_tools import find_tools, run_tool, server_major
from catalog_assets.hotstar.kinds import KINDS
from resources.access import DatabaseUrls
from resources.databases import SEARCH_PATH, Database
from resources.errors import AlreadyRunning, CatalogError
from resources.migrations import known_revisions, migrate, migration_state
from resources.statements import statement

_NOTE = "backup.json"


@dataclass(frozen=True, slots=True)
class Note:
    """What a copy is: when it was taken (UTC), of which revision of the source database, by which PostgreSQL."""

    taken_at: str
    revision: str | None
    postgres: int


def backup(
    folder: Annotated[Path | None, typer.Argument(help="A new folder; else one in CATALOG_HOME/backups.")] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the source and the catalogue database into a folder; runs may go on meanwhile, but for their merges."""
    taken_at = datetime.now(UTC)
    with platform(services=False) as ready:
        target = (folder or ready.home / "backups" / f"{taken_at:%Y-%m-%dT%H%M%SZ}").resolve()
        if target.exists():
            raise CatalogError(f"{target} exists already: name a folder that does not.")
        major = server_major(ready.urls.source)
        tools = find_tools(major)
        partial = target.with_name(target.name + ".partial")
        try:
            partial.mkdir(mode=0o700, parents=True)
        except OSError as refused:
            raise CatalogError(f"{partial} can't be made ({refused.strerror}): name another folder.") from refused
        with _merges_held(ready.urls.source):
            for name, url in _databases(ready.urls):
                copying = [str(tools / "pg_dump"), "--format=custom", "--no-unlogged-table-data"]
                _complete(run_tool([*copying, f"--file={partial / name}.dump"], url), name)
        note = Note(taken_at.isoformat(timespec="seconds"), migration_state(ready.urls.source).current, major)
        (partial / _NOTE).write_text(json.dumps(asdict(note)), encoding="utf-8")
        partial.rename(target)
    sizes = {path.name: path.stat().st_size for path in sorted(target.glob("*.dump"))}
    if as_json:
        typer.echo(json.dumps({"folder": str(target), "bytes": sizes, **asdict(note)}))
    else:
        typer.echo(f"{target}: {', '.join(f'{name} {size:,} bytes' for name, size in sizes.items())}")


def restore(
    folder: Annotated[Path, typer.Argument(help="A folder that `catalog backup` made.")],
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Replace the present databases without asking.")] = False,
    as_json: AsJson = False,
) -> None:
    """Replace the source and the catalogue database by a copy; refused while runs are in progress."""
    note = _read_note(folder)
    with ExitStack() as stack:
        ready = stack.enter_context(platform(services=False))
        stack.enter_context(_without_runs(ready))
        if not yes:
            typer.confirm(
                f"Replace the databases source and catalog by the copy of {note.taken_at}?", abort=True, err=True
            )
        tools = find_tools(server_major(ready.urls.source))
        for name, url in _databases(ready.urls):
            _replace(tools, folder / f"{name}.dump", name, url)
        migrate(ready.urls.source)
    if as_json:
        typer.echo(json.dumps({"folder": str(folder), **asdict(note)}))
    else:
        typer.echo(f"The databases source and catalog are those of {note.taken_at}.")


@contextmanager
def _merges_held(source: SecretStr) -> Iterator[None]:
    """No merge runs meanwhile: a first one puts its table's indexes off, and a copy of that moment would lack them."""
    database = Database(source, pool_size=1)
    with closing(database), database.connection(autocommit=True) as connection:
        for kind in KINDS.values():
            connection.execute(statement("hotstar/hold_merges"), {"kind": kind.name})
        yield


def _databases(urls: DatabaseUrls) -> list[tuple[str, SecretStr]]:
    return [("source", urls.source), ("catalog", urls.catalog)]


def _read_note(folder: Path) -> Note:
    try:
        note = Note(**json.loads((folder / _NOTE).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as unreadable:
        raise CatalogError(f"{folder} is no copy made by `catalog backup`: name a folder with {_NOTE}.") from unreadable
    if note.revision is not None and note.revision not in known_revisions():
        raise CatalogError(f"{folder} was taken at revision {note.revision}, newer than this release: update first.")
    return note


@contextmanager
def _without_runs(ready: Platform) -> Iterator[None]:
    """See that no run is in progress, and keep `catalog up` and loads on this home from starting while it lasts.

    Raises:
        AlreadyRunning: one is.
    """
    # Dagster takes a second to import, which `catalog backup` need not spend.
    from catalog_assets.cli.runs import UNDER_WAY, WAITING, opened_instance, runs_of, settle_dead_runs  # noqa: PLC0415

    with alone(ready.home, UP) as no_up, alone(ready.home, LOAD) as no_load, opened_instance(ready) as instance:
        if ready.server is not None and no_up and no_load:
            settle_dead_runs(ready, instance)
        runs = runs_of(instance, (*UNDER_WAY, *(() if no_up else WAITING)))
        if runs:
            raise AlreadyRunning(
                f"{len(runs)} Dagster run(s) are in progress, first {runs[0].run_id}: wait for them or end them."
            )
        yield


def _replace(tools: Path, dump: Path, name: str, url: SecretStr) -> None:
    """Put a dump in the place of every schema of ours, in one transaction."""
    privileges = [] if _has_roles(url) else ["--no-privileges"]
    reading = subprocess.Popen(
        [tools / "pg_restore", "--no-owner", *privileges, "--file=-", dump],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    psql = [str(tools / "psql"), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-"]
    writing = run_tool(psql, url, stdin=subprocess.PIPE)
    if _fed(reading, writing):
        if reading.wait() != 0:
            writing.kill()  # an end of its input would let it commit half a copy
            writing.communicate()
        _complete(reading, name)
    else:
        reading.communicate()
    _complete(writing, name)


def _fed(reading: subprocess.Popen[bytes], writing: subprocess.Popen[bytes]) -> bool:
    """Send what one process writes into the other; False: the other ended before, and its own complaint tells why."""
    if reading.stdout is None or writing.stdin is None:
        raise ValueError("Both processes must be connected by pipes.")
    try:
        writing.stdin.write(statement("ops/drop_schemas").encode())
        shutil.copyfileobj(reading.stdout, writing.stdin)
        writing.stdin.flush()
    except BrokenPipeError:
        return False
    return True


def _complete(tool: subprocess.Popen[bytes], name: str) -> None:
    """Wait for a tool.

    Raises:
        CatalogError: it failed; the message is its own.
    """
    complaint = tool.communicate()[1].decode(errors="replace")
    if tool.returncode != 0:
        lines = complaint.strip().splitlines()
        said = next((line for line in lines if "error" in line.lower()), lines[0] if lines else "it said nothing")
        raise CatalogError(f"PostgreSQL's tool failed on the database {name}, which is as it was: {said}")


def _has_roles(url: SecretStr) -> bool:
    """Whether the server has the roles that a dump grants to; a user who may not create roles has a server without."""
    roles = [f"catalog_{schema}" for schema in SEARCH_PATH if schema != "public"]
    with psycopg.connect(url.get_secret_value(), connect_timeout=10) as connection:
        found = connection.execute("SELECT count(*) FROM pg_roles WHERE rolname = ANY (%s)", [roles]).fetchone()
    return found == (len(roles),)
