"""The embedded PostgreSQL: shared, ended by the last one, recovered after kills, and nothing outside is changed."""

import os
import pwd
import shutil
import socket
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

import psutil
import psycopg
import pytest

from resources import embedded_install
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.errors import EmbeddedServerError
from resources.settings import PROJECT_ROOT
from tests.conftest import remove_home

AS_ROOT = os.geteuid() == 0

HOLD = """
import sys
from pathlib import Path
from resources.embedded import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1]), options={"fsync": "off"}) as server:
    print(server.url("source").get_secret_value(), flush=True)
    sys.stdin.read()
"""


class User:
    """A process that uses the server of a home until it is let go."""

    def __init__(self, home: Path) -> None:
        command = [sys.executable, "-c", HOLD, str(home)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=PROJECT_ROOT)

    @cached_property
    def url(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()

    def let_go(self) -> int:
        self.process.communicate("")
        return self.process.returncode


@pytest.fixture
def user() -> Iterator[Callable[[Path], User]]:
    """Start a user of a home's server; none is left at the end."""
    users: list[User] = []

    def begin(home: Path) -> User:
        users.append(User(home))
        return users[-1]

    yield begin
    for one in users:
        if one.process.poll() is None:
            one.let_go()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One home for the tests that leave it as it was: a cluster takes its time to make."""
    path = tmp_path_factory.mktemp("shared") / "home"
    with quick_server(path):
        pass
    yield path
    remove_home(path)


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """A home that does not exist yet."""
    path = tmp_path / "home"
    yield path
    remove_home(path)


def quick_server(home: Path, **options: str) -> EmbeddedServer:
    """A server that does not wait for the disk."""
    return EmbeddedServer(home, options={"fsync": "off", **options})


def data_of(home: Path) -> Path:
    folder = recorded_folder(home)
    assert folder is not None
    return folder / "data"


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(int((data_of(home) / "postmaster.pid").read_text().splitlines()[0]))


def servers_of(home: Path) -> list[psutil.Process]:
    data = data_of(home)
    found = []
    for process in psutil.process_iter(["name"]):
        try:
            if process.info["name"] == "postgres" and Path(process.cwd()) == data:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def answers(url: str) -> bool:
    with psycopg.connect(url) as connection:
        return connection.execute("SELECT 1").fetchone() == (1,)


def test_two_that_start_at_once_share_one_server_and_the_last_to_leave_stops_it(
    home: Path, user: Callable[[Path], User]
) -> None:
    first, second = user(home), user(home)
    assert first.url == second.url
    assert first.let_go() == 0
    assert answers(second.url)
    assert second.let_go() == 0
    assert servers_of(home) == []


def test_a_killed_user_leaves_a_server_that_the_next_one_uses_and_stops(
    home: Path, user: Callable[[Path], User]
) -> None:
    killed = user(home)
    assert answers(killed.url)
    killed.process.kill()
    killed.process.communicate()
    with quick_server(home) as server:
        assert server.was_running
        assert server.url("source").get_secret_value() == killed.url
    assert servers_of(home) == []


def test_after_kill_9_of_the_postmaster_the_next_start_recovers_with_the_data(home: Path) -> None:
    with quick_server(home) as server, psycopg.connect(server.url("source").get_secret_value()) as connection:
        connection.execute("DROP TABLE IF EXISTS kept")
        connection.execute("CREATE TABLE kept AS SELECT 7 AS i")
        connection.commit()
        leader = postmaster(home)
        leader.kill()
        leader.wait()
    with quick_server(home) as server, psycopg.connect(server.url("source").get_secret_value()) as connection:
        assert connection.execute("SELECT i FROM kept").fetchone() == (7,)
    assert servers_of(home) == []


def test_a_pid_file_that_names_somebody_elses_process_does_not_block_the_start(home: Path) -> None:
    with quick_server(home):
        lines = (data_of(home) / "postmaster.pid").read_text().splitlines()
    account = data_of(home).stat().st_uid if AS_ROOT else None
    with subprocess.Popen(["sleep", "60"], user=account) as stranger:
        (data_of(home) / "postmaster.pid").write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with quick_server(home) as server:
            assert answers(server.url("source").get_secret_value())
        assert stranger.poll() is None
        stranger.kill()


def test_a_start_that_was_cut_off_is_begun_again(new_home: Path) -> None:
    new_home.mkdir()
    install = embedded_install.prepare_install(new_home)
    (install.folder / "data.partial").mkdir()
    (install.folder / "data.partial" / "half").touch()
    with quick_server(new_home) as server:
        assert answers(server.url("source").get_secret_value())


def test_it_listens_on_the_loopback_alone_and_only_with_the_password(home: Path) -> None:
    with quick_server(home) as server:
        listening = {c.laddr.ip for c in postmaster(home).net_connections() if c.status == psutil.CONN_LISTEN}
        assert listening == {"127.0.0.1"}
        password = (home / "server.password").read_text().strip()
        assert stat.S_IMODE((home / "server.password").stat().st_mode) == 0o600
        url = server.url("source").get_secret_value()
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(url.replace(password, "wrong"))
        assert all(password not in " ".join(process.cmdline()) for process in servers_of(home))


def test_no_permission_outside_its_own_folders_is_touched(new_home: Path) -> None:
    outside = [*new_home.parents, *Path("/root").parents, Path("/root"), Path("/var/lib"), *Path(sys.prefix).parents]
    programs = embedded_install.wheel_programs()
    outside += [programs, *programs.parents, *programs.iterdir()]
    before = {place: _permissions(place) for place in outside}
    with quick_server(new_home):
        pass
    assert {place: _permissions(place) for place in outside} == before


def _permissions(place: Path) -> tuple[int, int, int]:
    found = place.stat()
    return found.st_mode, found.st_uid, found.st_gid


@pytest.mark.skipif(not AS_ROOT, reason="only root runs it under another account")
def test_as_root_it_runs_unprivileged_in_a_folder_outside_private_homes(home: Path) -> None:
    with quick_server(home):
        leader = postmaster(home)
        assert leader.uids().real != 0
        folder = recorded_folder(home)
        assert folder is not None
        assert all(parent.stat().st_mode & stat.S_IXOTH for parent in folder.parents)
        assert stat.S_IMODE((folder / "data").stat().st_mode) == 0o700


def as_nobody(work: Callable[[], None]) -> int:
    """Run a function in a child process that gave up root for good; its exit status is returned."""
    nobody = pwd.getpwnam("nobody")
    child = os.fork()
    if child == 0:
        status = 1
        try:
            os.setgroups([])
            os.setgid(nobody.pw_gid)
            os.setuid(nobody.pw_uid)
            work()
            status = 0
        except EmbeddedServerError as refused:
            print(refused, file=sys.stderr)
            status = 2
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.skipif(not AS_ROOT, reason="only root can become somebody else")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_an_ordinary_user_runs_it_too_within_the_home() -> None:
    if not _open_to_all(embedded_install.wheel_programs()):
        pytest.skip("the virtual environment stands in a private folder")
    place = Path(tempfile.mkdtemp())
    nobody = pwd.getpwnam("nobody")
    os.chown(place, nobody.pw_uid, nobody.pw_gid)

    def work() -> None:
        os.chdir(place)
        with quick_server(place / "home") as server:
            assert answers(server.url("source").get_secret_value())
            assert recorded_folder(place / "home") == place / "home" / "postgres"

    try:
        assert as_nobody(work) == 0
    finally:
        shutil.rmtree(place)


def _open_to_all(folder: Path) -> bool:
    return all(place.stat().st_mode & stat.S_IXOTH for place in (folder, *folder.parents))


@pytest.mark.skipif(not AS_ROOT, reason="root alone can make a folder that this user can't write")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_folder_that_cannot_be_written_is_one_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    def work() -> None:
        EmbeddedServer(Path("/var/lib/catalog-test-home")).__enter__()

    assert as_nobody(work) == 2
    assert "can't be written by this user: set CATALOG_HOME" in capfd.readouterr().err


def test_a_home_of_another_user_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(f'{{"folder": "/nowhere", "uid": {os.geteuid() + 65_534}}}')
    with pytest.raises(EmbeddedServerError, match=r"was made by user \w+: run as that user"):
        quick_server(tmp_path).__enter__()


def test_data_of_another_major_version_is_refused_with_what_to_do(home: Path) -> None:
    version = data_of(home) / "PG_VERSION"
    ours = version.read_text()
    version.write_text("15\n")
    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 15 and this is PostgreSQL 18: .*backup"):
        quick_server(home).__enter__()
    version.write_text(ours)
    assert servers_of(home) == []


def test_a_recorded_folder_that_is_gone_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "server.json").write_text(f'{{"folder": "/nowhere/at/all", "uid": {os.geteuid()}}}')
    with pytest.raises(EmbeddedServerError, match=r"/nowhere/at/all.* is gone: bring it back"):
        EmbeddedServer(tmp_path).__enter__()


def test_a_machine_without_the_programs_is_told_to_bring_a_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)
    with pytest.raises(EmbeddedServerError, match="set SOURCE_DATABASE_URL"):
        embedded_install.wheel_programs()


def test_programs_of_another_architecture_are_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "postgres").write_bytes(b"\x7fELF of another machine")
    (tmp_path / "postgres").chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="This machine can't run the embedded PostgreSQL"):
        embedded_install.major_version(tmp_path)


def test_a_server_that_does_not_start_says_why_and_leaves_nothing(home: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"did not start: .*shared_buffers"):
        quick_server(home, shared_buffers="nonsense").__enter__()
    assert servers_of(home) == []


def test_a_port_that_was_taken_meanwhile_is_replaced(home: Path) -> None:
    with quick_server(home) as server:
        port = server.url("source").get_secret_value().rsplit(":", 1)[1].split("/")[0]
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", int(port)))
        taken.listen()
        with quick_server(home) as server:
            assert f":{port}/" not in server.url("source").get_secret_value()


def test_ctrl_c_in_the_terminal_does_not_reach_the_server(home: Path) -> None:
    with quick_server(home):
        assert os.getsid(postmaster(home).pid) != os.getsid(0)
