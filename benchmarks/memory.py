"""(c) Peak memory of a census run, for the films there are and for ten times as many."""

import subprocess
import time

import psutil

from benchmarks.figures import Figure
from benchmarks.stage import FILMS, MORE_FILMS, sandbox_of, stage

EVERY_S = 0.05
MB = 1_000_000


def memory() -> list[Figure]:
    """Measures both sizes, each in a home of its own."""
    usual, ten_times = _of_films(FILMS), _of_films(MORE_FILMS)
    return [
        Figure("c", f"{FILMS:,} films", usual, "MB", wanted=250),
        Figure("c", f"{MORE_FILMS:,} films", ten_times, "MB", wanted=250),
        Figure("c", "ten times the films against one, less 1", abs(ten_times / usual - 1) * 100, "%", wanted=10),
    ]


def _of_films(films: int) -> float:
    with stage() as fresh, sandbox_of(films, ready=False) as sandbox:
        load = fresh.start_load(sandbox, rate=0)
        peak = peak_mb(load)
        fresh.ended(load)
    return peak


def peak_mb(load: subprocess.Popen[str]) -> float:
    """Waits for a process to end; the highest sum of proportional set sizes seen, of it and its children."""
    process, peak = psutil.Process(load.pid), 0.0
    while load.poll() is None:
        peak = max(peak, sum(map(_held, (process, *_children(process)))))
        time.sleep(EVERY_S)
    return peak / MB


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _held(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return 0.0
