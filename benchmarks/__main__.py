"""`python -m benchmarks [--parts abcdefghi]`: measures, prints the table, writes results.md and results.json."""

import argparse

from rich.console import Console

from benchmarks.availability import availability
from benchmarks.figures import Figure, machine, show, write
from benchmarks.memory import memory
from benchmarks.paced_load import day_of_changes, paced_load
from benchmarks.three_ways import three_ways
from benchmarks.whole_catalogue import paced_catalogue, whole_at_once, whole_catalogue
from benchmarks.works import works

PARTS = {
    "a": "the film load with the pace on: a minute and a half",
    "b": "the same pages three ways: two minutes, and the installation of dlt the first time",
    "c": "peak memory: some minutes",
    "d": "a day of 50 changes: half a minute",
    "e": "the whole catalogue at three sizes, without pace: ten minutes",
    "f": "the whole catalogue with the pace on: twenty minutes, only if asked for",
    "g": "the whole catalogue, the kinds loaded at once, without pace: five minutes",
    "h": "10,000 films of TMDB's, added without pace and refreshed with it: twelve minutes, only if asked for",
    "i": "offers of 50,000 works in 60 regions merged: two minutes",
}


def main() -> None:
    """Measures the parts asked for, each on a stage of its own, and keeps what was measured of the others."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parts = "; ".join(f"{letter}: {what}" for letter, what in PARTS.items())
    parser.add_argument("--parts", default="", help=f"what to measure ({parts}); all but f and h if left out")
    chosen = parser.parse_args().parts or "abcdegi"
    console = Console(stderr=True)
    figures: list[Figure] = []
    runs: dict[str, object] = {}
    for letter in sorted(set(chosen) & set(PARTS)):
        console.print(f"({letter}) {PARTS[letter]}")
        match letter:
            case "a":
                found = paced_load()
            case "b":
                found, runs["b"] = three_ways()
            case "c":
                found = memory()
            case "d":
                found = day_of_changes()
            case "e":
                found = whole_catalogue()
            case "f":
                found = paced_catalogue()
            case "g":
                found = whole_at_once()
            case "h":
                found = works()
            case _:
                found = availability()
        figures += found
        write(found, machine(), runs=runs)
    show(figures)


if __name__ == "__main__":
    main()
