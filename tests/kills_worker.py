"""Run workers that tests kill: real processes, each executing one job as a Dagster run worker does.

They come from a server process that has everything imported, so that one is there within milliseconds and the tests'
own process, which has threads, is never forked. Coverage leaves them alone: of a process that is killed, or ends as a
fork does, it keeps nothing.
"""

import multiprocessing
import multiprocessing.forkserver
import os
import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from typing import Any
from unittest.mock import patch

import dagster as dg
import psycopg
import stamina

from catalog_assets.build import build_definitions
from catalog_assets.hotstar import assets
from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import MOVIE, Kind
from catalog_assets.hotstar.windows import Paging
from catalog_assets.jobs import asset_keys
from resources.logs import configure
from tests.hotstar.platform import today
from tests.untraced import UNTRACED_PROCESS

SMALL = Paging(size=100, reach=1_000)
"""Pages so small that two thousand films take some thirty requests, of every sort that a census makes."""

_STARTED = multiprocessing.get_context("forkserver")
_STARTED.set_forkserver_preload([__name__, "dagster._core.storage.event_log.in_memory", "fsspec", "upath"])
"""The tests' own module, and what Dagster imports not before a run: that takes half a second of each worker."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run ended; of an error the names of the types in its chain of causes, outermost first, and its text."""

    success: bool
    errors: list[str]
    message: str
    statements: int


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker."""

    process: ForkServerProcess
    told: Connection

    def kill(self) -> None:
        """Kill it as `kill -9` does."""
        assert self.process.is_alive(), "it ended before it was killed"
        self.process.kill()
        assert self.await_end()

    def await_end(self) -> bool:
        """Wait for its end; whether it was killed."""
        self.process.join(60)
        assert self.process.exitcode in {0, -signal.SIGKILL}
        return self.process.exitcode != 0

    def outcome(self, seconds: float = 60) -> Outcome:
        """Wait until its run ends."""
        assert self.told.poll(seconds), "the run does not end"
        ended: Outcome = self.told.recv()
        self.process.join(10)
        return ended


@contextmanager
def worker(
    job: str = "census", *, kinds: Sequence[Kind] = (MOVIE,), dies_at: int | None = None, patient: bool = True
) -> Iterator[Worker]:
    """Start a worker with this process's environment, and see that it has ended.

    Args:
        job: what it runs.
        kinds: of which kinds.
        dies_at: it kills itself at this moment: 2 n before its statement number n, 2 n + 1 right after it.
        patient: it waits between attempts at a request; if not, it tries as often without waiting.
    """
    with patch.dict(os.environ, UNTRACED_PROCESS):
        multiprocessing.forkserver.ensure_running()
    told, tells = _STARTED.Pipe(duplex=False)
    launched = (job, [key for kind in kinds for key in asset_keys(kind, job)])
    process = _STARTED.Process(target=_work, args=(launched, dict(os.environ), tells, dies_at, patient), daemon=True)
    process.start()
    tells.close()
    try:
        yield Worker(process, told)
    finally:
        process.kill()
        process.join(10)
        told.close()


def small_pages() -> Any:
    """Let censuses of this process ask for small pages while the context lasts."""
    return patch.object(assets, "take_census", partial(take_census, paging=SMALL))


def _work(
    launched: tuple[str, Sequence[dg.AssetKey]],
    environment: Mapping[str, str],
    tells: Connection,
    dies_at: int | None,
    patient: bool,
) -> None:
    job, assets_run = launched
    os.environ.clear()
    os.environ.update(environment)
    configure("WARNING")
    if not patient:
        stamina.set_testing(True, attempts=6, cap=True)
    with small_pages(), _counting(dies_at) as statements, dg.DagsterInstance.ephemeral() as instance:
        result = (
            build_definitions()
            .resolve_job_def(job)
            .execute_in_process(
                instance=instance,
                partition_key=today(),
                asset_selection=assets_run,
                raise_on_error=False,
            )
        )
    errors, messages = [], []
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None:
            errors.append(error.cls_name or "")
            messages.append(error.message)
            error = error.cause
    tells.send(Outcome(result.success, errors, "\n".join(messages), statements()))


@contextmanager
def _counting(dies_at: int | None) -> Iterator[Callable[[], int]]:
    """Count the statements that psycopg is asked to run, and die at one."""
    moments = 0

    def pass_moment() -> None:
        nonlocal moments
        if moments == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        moments += 1

    execute, execute_async = psycopg.Cursor.execute, psycopg.AsyncCursor.execute

    def counted(*given: Any, **named: Any) -> Any:
        pass_moment()
        done = execute(*given, **named)
        pass_moment()
        return done

    async def counted_async(*given: Any, **named: Any) -> Any:
        pass_moment()
        done = await execute_async(*given, **named)
        pass_moment()
        return done

    with (
        patch.object(psycopg.Cursor, "execute", counted),
        patch.object(psycopg.AsyncCursor, "execute", counted_async),
    ):
        yield lambda: moments // 2
