"""Killed anywhere, nothing lost: real run workers are killed, cut off from database or service, and run side by side.

After each the same is shown: nobody is left who could write, the next run takes the work up, the tables equal the
service's truth, no page that is stored was asked for again, and no log row stays running.
"""

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg
import pytest
from psycopg import sql

from catalog_assets.health import close_interrupted
from catalog_assets.hotstar.kinds import KINDS
from catalog_assets.hotstar.progress import needs_first_load
from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.migrations import migrate
from tests.hotstar.platform import Films, films
from tests.kills_worker import small_pages, worker

MOVIES = 2_000
HOLDER = "holder of a lock"
_WAIT_S = 60.0


@pytest.fixture
def platform(source_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Films]:
    with small_pages(), films(source_url, monkeypatch, movies=MOVIES) as ready:
        yield ready


def test_a_census_killed_at_any_answer_goes_on_from_the_pages_it_stored(platform: Films) -> None:
    for answers in (1, 2, 5, 12, 24, 29, 30):
        before, asked = stored_requests(platform), len(requests(platform))
        with stopping_after(platform, answers), worker() as census:
            wait_for(lambda n=answers: len(stored_requests(platform)) == n, "the answer")  # type: ignore[misc]
            census.kill()
            nobody_can_write(platform)
        assert len(stored_requests(platform)) == answers
        assert not set(requests(platform)[asked:]) & set(before)
    before, asked = stored_requests(platform), len(requests(platform))
    with held(platform, "hotstar.coverage"), worker() as census:
        wait_for(lambda: is_waited_for(platform, "hotstar.coverage"), "the end of the listing")
        census.kill()
        nobody_can_write(platform)
    assert platform.rows("SELECT status FROM hotstar.listings") == [("running",)]
    with worker() as census:
        assert census.outcome().success
    assert not set(requests(platform)[asked:]) & set(before)
    assert platform.rows("SELECT status FROM hotstar.listings") == [("complete",)]
    assert len(set(stored_requests(platform))) == len(stored_requests(platform))
    assert_nothing_lost(platform, killed=8)


def test_a_merge_killed_at_any_table_leaves_no_trace_and_the_next_run_merges_its_pages(platform: Films) -> None:
    for killed, table in enumerate(TABLES_OF_A_MERGE):
        with held(platform, table), worker("poll" if killed else "census") as run:
            wait_for(lambda name=table: is_waited_for(platform, name), "the merge")  # type: ignore[misc]
            run.kill()
            nobody_can_write(platform)
        for name in TABLES_OF_A_MERGE:
            assert platform.one(f"SELECT count(*) FROM {name}") == 0  # noqa: S608 - names from here
    assert platform.poll().success
    assert platform.rows("SELECT count(*), sum(inserted) FROM hotstar.merges") == [(1, MOVIES)]
    assert_nothing_lost(platform, killed=len(TABLES_OF_A_MERGE))


def test_a_run_killed_between_its_merge_and_its_log_row_has_merged(platform: Films) -> None:
    with ExitStack() as logs, worker() as run:
        with held(platform, "hotstar.deletion_events"):
            wait_for(lambda: is_waited_for(platform, "hotstar.deletion_events"), "the merge")
            logs.enter_context(held(platform, "hotstar.hotstar_sync_log"))
        wait_for(lambda: is_waited_for(platform, "hotstar.hotstar_sync_log"), "the end of the merge")
        run.kill()
        nobody_can_write(platform)
    assert platform.poll().success
    assert platform.rows("SELECT inserted, updated FROM hotstar.merges ORDER BY merge_id") == [(MOVIES, 0), (0, 0)]
    assert_nothing_lost(platform, killed=1)


def test_runs_killed_at_arbitrary_statements_never_cost_more_than_the_next_run(platform: Films) -> None:
    with worker() as census:
        moments = 2 * census.outcome().statements
    chosen = random.Random(7).sample(range(moments), 8)  # noqa: S311 - repeatable on purpose
    killed = 0
    for place, moment in enumerate(chosen):
        platform.connection.execute("DELETE FROM hotstar.start_date_uses")  # as if the week of the last ones were over
        platform.sandbox.control(do="day", adds=5, updates=20, removals=0, returns=0)
        with worker(dies_at=moment) as run:
            killed += run.await_end()
        nobody_can_write(platform)
        rescue = platform.poll() if place % 2 else platform.census()
        assert rescue.success
        assert platform.table() == platform.truth(), f"after a kill at moment {moment}"
    assert killed >= 6
    left = platform.one("SELECT count(*) FROM hotstar_sync_log WHERE status = 'running'")
    assert left <= killed
    assert_nothing_lost(platform, killed=left)


def test_a_full_load_killed_ten_times_asks_for_no_stored_page_again(platform: Films) -> None:
    """Of every kind, a run for those not loaded yet, as `catalog up` asks for them; killed wherever it is."""
    chance, killed = random.Random(5), 0  # noqa: S311 - repeatable on purpose
    while left := [kind for kind in KINDS.values() if needs_first_load(platform.connection, kind.name)]:
        before, asked = stored_requests(platform), len(requests(platform))
        moment = chance.randrange(MOMENTS_OF_A_FULL_LOAD // 6) if killed < 10 else None
        with worker(kinds=left, dies_at=moment) as load:
            killed += load.await_end()
        nobody_can_write(platform)
        assert not set(requests(platform)[asked:]) & set(before)
    assert killed == 10
    assert len(set(stored_requests(platform))) == len(stored_requests(platform))
    assert platform.table() == platform.truth()
    assert {kind: platform.ids(kind) for kind in KINDS.values()} == {
        kind: platform.true_ids(kind) for kind in KINDS.values()
    }


def test_a_restarted_database_ends_a_census_and_a_merge_and_the_next_run_goes_on(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ExitStack() as servers:
        server = servers.enter_context(EmbeddedServer(home, options=DURABLE))
        migrate(server.url("source"))
        url = server.url("source").get_secret_value()
        with small_pages(), films(url, monkeypatch, movies=MOVIES) as before:
            with stopping_after(before, 9, seconds=2), worker() as census:
                wait_for(lambda: len(stored_requests(before)) == 9, "the answer")
                restart(home, servers)
                ended = census.outcome()
            assert (ended.success, "LockLost" in ended.errors) == (False, True), ended
            between = connected_anew(before, url)
            assert between.one("SELECT count(*) FROM hotstar.pages") == 9
            with held(between, "hotstar.items"), worker() as census:
                wait_for(lambda: is_waited_for(between, "hotstar.items"), "the merge")
                restart(home, servers)
                ended = census.outcome()
            assert (ended.success, "DatabaseError" in ended.errors) == (False, True), ended
            platform = connected_anew(between, url)
            assert platform.one("SELECT count(*) FROM hotstar.merges") == 0
            assert platform.poll().success
            assert len(set(stored_requests(platform))) == len(stored_requests(platform))
            assert platform.table() == platform.truth()
            platform.connection.close()


def test_a_network_that_is_cut_fails_the_run_and_the_next_goes_on(platform: Films) -> None:
    platform.sandbox.control(do="fault", drop=0, skip=9, times=None)
    with worker(patient=False) as census:
        ended = census.outcome()
    assert (ended.success, "ServiceUnreachable" in ended.errors) == (False, True), ended
    nobody_can_write(platform)
    failed = "SELECT status, errors -> 0 ->> 'type', errors -> 0 ->> 'request' FROM hotstar_sync_log"
    assert platform.rows(failed) == [("failed", "ServiceUnreachable", "/movie/search")]
    platform.sandbox.control(do="reset", parts=["faults"])
    before, asked = stored_requests(platform), len(requests(platform))
    assert len(before) == 9
    assert platform.census().success
    assert not set(requests(platform)[asked:]) & set(before)
    assert platform.table() == platform.truth()


def test_a_second_census_at_the_same_time_is_refused_and_the_first_completes(platform: Films) -> None:
    with worker() as first:
        with held(platform, "hotstar.pages"):
            wait_for(lambda: is_waited_for(platform, "hotstar.pages"), "the first page")
            with worker() as second:
                refused = second.outcome()
        assert first.outcome().success
    assert (refused.success, "AlreadyRunning" in refused.errors) == (False, True), refused
    assert "Another run is reading movie censuses: wait until it has ended, or end it." in refused.message
    log = platform.rows("SELECT status, errors -> 0 ->> 'type' FROM hotstar_sync_log ORDER BY status")
    assert log == [("completed", None), ("failed", "AlreadyRunning")]
    assert platform.rows("SELECT status FROM hotstar.listings") == [("complete",)]
    assert platform.table() == platform.truth()


MOMENTS_OF_A_FULL_LOAD = 3_000
"""Before and after some 1,500 statements; each of ten kills takes a sixth of them at most, a twelfth on average."""

TABLES_OF_A_MERGE = (
    "hotstar.merges",
    "hotstar.page_merges",
    "hotstar.sightings",
    "hotstar.item_versions",
    "hotstar.items",
    "hotstar.movies",
    "hotstar.withheld_deletions",
    "hotstar.deletion_events",
)
"""In the order in which a merge writes them."""


@contextmanager
def stopping_after(platform: Films, answers: int, *, seconds: float = _WAIT_S) -> Iterator[None]:
    """The sandbox gives no answer in time once so many are stored in all, until the context ends."""
    skipped = answers - len(stored_requests(platform))
    platform.sandbox.control(do="fault", seconds=seconds, skip=skipped, times=None)
    yield
    platform.sandbox.control(do="reset", parts=["faults"])


DURABLE = {"fsync": "off"}
"""What the operating system has is there after a crash of the server alone."""


def restart(home: Path, servers: ExitStack) -> None:
    """Restart a server as after a crash."""
    folder = recorded_folder(home)
    assert folder is not None
    pid = int((folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGQUIT)
    wait_for(lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE, "its end")
    servers.close()
    servers.enter_context(EmbeddedServer(home, options=DURABLE))


def connected_anew(platform: Films, url: str) -> Films:
    platform.connection.close()
    return replace(platform, connection=psycopg.connect(url, autocommit=True))


@contextmanager
def held(platform: Films, table: str) -> Iterator[None]:
    """Nobody else writes a table while the context lasts; who tries waits."""
    known = platform.connection.info
    with psycopg.connect(known.dsn, password=known.password, application_name=HOLDER) as holder:
        holder.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(*table.split("."))))
        yield
        holder.close()  # a lock ends with its session; the server may be another one by now


def is_waited_for(platform: Films, table: str) -> bool:
    return bool(
        platform.connection.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = %s::regclass AND NOT granted)", (table,)
        ).fetchall()[0][0]
    )


def requests(platform: Films) -> list[tuple[tuple[str, str], ...]]:
    """What the sandbox was asked, in order."""
    asked = platform.sandbox.truth(requests=1)["requests"]["hotstar"]
    return [as_request(entry["path"], entry["params"]) for entry in asked]


def stored_requests(platform: Films) -> list[tuple[tuple[str, str], ...]]:
    """The requests whose answers are stored."""
    return [as_request(*page) for page in platform.rows("SELECT path, params FROM hotstar.pages ORDER BY page_id")]


def as_request(path: str, params: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return ("path", path), *sorted((name, value) for name, value in params.items() if name != "partner")


def wait_for(condition: Callable[[], bool], what: str) -> None:
    give_up = time.monotonic() + _WAIT_S
    while not condition():
        assert time.monotonic() < give_up, f"{what} does not come"
        time.sleep(0.01)


def nobody_can_write(platform: Films) -> None:
    """No session is left but the test's own: what is not written now is never written."""
    others = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        " AND application_name <> %s"
    )
    wait_for(
        lambda: platform.connection.execute(others, (HOLDER,)).fetchall() == [(0,)],
        "the end of the killed worker's sessions",
    )


def assert_nothing_lost(platform: Films, *, killed: int) -> None:
    """The tables equal the truth, and the rows of the killed runs can be closed for what they are."""
    assert platform.table() == platform.truth()
    left = [run_id for (run_id,) in platform.rows("SELECT run_id FROM hotstar_sync_log WHERE status = 'running'")]
    assert len(left) == killed
    close_interrupted(platform.connection, left)
    rows = platform.rows("SELECT status, errors -> 0 ->> 'type' FROM hotstar_sync_log WHERE status <> 'completed'")
    assert rows == [("failed", "Interrupted")] * killed
