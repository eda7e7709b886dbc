"""The four large kinds: (e) at several sizes without pace, (f) at one request a second, (g) loaded at once."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psutil

from benchmarks.figures import Figure
from benchmarks.memory import peak_mb
from benchmarks.stage import FILMS, Run, Stage, sandbox_of_kinds, stage
from catalog_assets.hotstar.kinds import KINDS
from tests.sandbox_process import RunningSandbox, running_sandbox

LARGE = ("movies", "shows", "matches", "episodes")
"""The four large ones, in the order in which `catalog up` loads them."""

WHOLE = 919_069
SIZES = (51_495, 500_000, WHOLE)


@dataclass(frozen=True, slots=True)
class Loads:
    """One census of each of the four kinds, one after the other."""

    runs: Sequence[Run]
    seconds: float
    peak_mb: float

    def total(self, name: str) -> int:
        """The sum of one of the summaries' counts."""
        return sum(int(run.summary[name]) for run in self.runs)

    @property
    def speed(self) -> float:
        """Items a second of fetching and merging; Dagster and processes that start are left out."""
        return self.total("inserted") / sum(run.fetching_s + run.merging_s for run in self.runs)

    @property
    def within_filters(self) -> int:
        """Requests but for those that seek items which no filter reaches."""
        return self.total("requests") - self.total("requests_apart")


def whole_catalogue() -> list[Figure]:
    """Loads the four kinds at each size; at the largest a second time, with known boundaries."""
    figures, speeds = _sandbox(), []
    for items in SIZES:
        with stage() as fresh, sandbox_of_kinds(items / WHOLE) as sandbox:
            first = _load(fresh, sandbox, rate=0)
            listed = _visible(sandbox)
            bytes_ = int(fresh.rows("SELECT pg_database_size(current_database())")[0][0])
            again = _load(fresh, sandbox, rate=0) if items == WHOLE else None
        speeds.append(first.speed)
        figures += [
            Figure("e", f"{items:,}: items in the tables", first.total("inserted"), "items"),
            Figure("e", f"{items:,}: items that the service has", listed, "items"),
            Figure("e", f"{items:,}: one load after the other, with four starts of a process", first.seconds, "s"),
            Figure("e", f"{items:,}: items a second of fetching and merging", first.speed, ""),
            Figure("e", f"{items:,}: peak memory of a run, process and children (PSS)", first.peak_mb, "MB", 300),
            Figure("e", f"{items:,}: the database", bytes_ / 1e6, "MB"),
            _requests("e", f"{items:,}: first", first, 1.15),
        ]
        if again is not None:
            figures.append(_requests("e", f"{items:,}: boundaries known", again, 1.05))
    return [
        *figures,
        Figure(
            "e", "items a second, the smallest size against the largest", speeds[0] / speeds[-1], "", round(1 / 0.9, 2)
        ),
    ]


def paced_catalogue() -> list[Figure]:
    """Loads the four kinds at one request a second, answers of 2 s per 1,000 items."""
    with stage() as fresh, sandbox_of_kinds(1, rate=1, latency=2) as sandbox:
        loads = _load(fresh, sandbox, rate=1)
        listed = _visible(sandbox)
    return [
        Figure("f", "items in the tables", loads.total("inserted"), "items"),
        Figure("f", "items that the service has", listed, "items"),
        _requests("f", "first", loads, 1.15),
        Figure("f", "requests for items that no filter reaches", loads.total("requests_apart"), "requests"),
        Figure("f", "fetching", sum(run.fetching_s for run in loads.runs), "s", 1.02 * loads.total("requests") + 12),
        Figure("f", "all loads, with four starts of a process", loads.seconds, "s"),
        Figure("f", "peak memory of a run, process and children (PSS)", loads.peak_mb, "MB", 300),
    ]


def _sandbox() -> list[Figure]:
    """How a sandbox of the real size starts, and what it holds once it was asked for every kind."""
    began = time.perf_counter()
    with running_sandbox(movies=FILMS, scale=1, as_command=True) as sandbox:
        started = time.perf_counter()
        listed = sum(int(sandbox.truth(kind.name)["visible"]) for kind in KINDS.values())
        indexed = time.perf_counter()
        held = psutil.Process(sandbox.pid).memory_info().rss / 1e6
    return [
        Figure("e", "the sandbox: items of every kind", listed, "items"),
        Figure("e", "the sandbox: from its start to its first answer", started - began, "s", 10),
        Figure("e", "the sandbox: until it had counted every kind", indexed - began, "s"),
        Figure("e", "the sandbox: memory then (RSS)", held, "MB", 500),
    ]


def whole_at_once() -> list[Figure]:
    """Loads the four kinds as runs started together in the UI do: their pool lets one list while others are merged.

    The largest goes first, its merge is the longest.
    """
    *others, largest = LARGE
    with stage() as fresh, sandbox_of_kinds(1) as sandbox:
        began = time.perf_counter()
        loads = {largest: fresh.start_load(sandbox, rate=0, kind=largest)}
        while loads[largest].poll() is None and not fresh.rows("SELECT FROM hotstar.pages LIMIT 1"):
            time.sleep(0.1)
        loads |= {kind: fresh.start_load(sandbox, rate=0, kind=kind) for kind in others}
        with ThreadPoolExecutor(len(loads)) as waiting:
            runs = list(waiting.map(lambda kind: fresh.ended(loads[kind], kind=kind), loads))
        seconds = time.perf_counter() - began
        listed = _visible(sandbox)
    return [
        Figure("g", "items in the tables", sum(int(run.summary["inserted"]) for run in runs), "items"),
        Figure("g", "items that the service has", listed, "items"),
        Figure("g", "all four loads, with four starts of a process", seconds, "s", 180, 240),
    ]


def _requests(part: str, what: str, loads: Loads, wanted: float) -> Figure:
    floor = loads.total("floor")
    return Figure(part, f"{what}: requests against the floor of {floor}", loads.within_filters / floor, "", wanted)


def _load(fresh: Stage, sandbox: RunningSandbox, *, rate: float) -> Loads:
    began, runs, peak = time.perf_counter(), [], 0.0
    for kind in LARGE:
        load = fresh.start_load(sandbox, rate=rate, kind=kind)
        peak = max(peak, peak_mb(load))
        runs.append(fresh.ended(load, kind=kind))
    return Loads(runs, time.perf_counter() - began, peak)


def _visible(sandbox: RunningSandbox) -> int:
    return sum(int(sandbox.truth(KINDS[kind].name, requests=0)["visible"]) for kind in LARGE)
