"""Figures and their bounds, and how they are shown: on the console, as Markdown and as JSON."""

import json
import os
import platform
import subprocess
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from rich.console import Console
from rich.table import Table

from resources.embedded_install import wheel_programs

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing measured.

    Attributes:
        part: the letter of the measurement.
        what: what was measured.
        value: in `unit`.
        wanted: at most this; None: there is no bound, the figure explains another.
        at_most: where less than wanted will still do.
    """

    part: str
    what: str
    value: float
    unit: str
    wanted: float | None = None
    at_most: float | None = None

    @property
    def verdict(self) -> str:
        """Whether the bound is reached."""
        if self.wanted is None:
            return ""
        if self.value <= self.wanted:
            return "reached"
        return "within the limit" if self.at_most is not None and self.value <= self.at_most else "not reached"

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.wanted is None:
            return ""
        more = "" if self.at_most is None else f" (at most {self.at_most:g})"
        return f"≤ {self.wanted:g}{more}"

    @property
    def shown(self) -> str:
        """The value with its unit."""
        digits = 0 if self.value == int(self.value) else 2 if self.value < 100 else 1
        return f"{self.value:,.{digits}f} {self.unit}".strip()


@dataclass(frozen=True, slots=True)
class Machine:
    """Where it was measured; nothing that tells whose it is."""

    cores: int
    memory_gb: float
    cpu: str
    python: str
    postgresql: str


def machine() -> Machine:
    """This machine."""
    said = subprocess.run([str(wheel_programs() / "postgres"), "--version"], capture_output=True, text=True, check=True)
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    models = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_gb=round(psutil.virtual_memory().total / 2**30, 1),
        cpu=models[0] if models else platform.machine(),
        python=platform.python_version(),
        postgresql=said.stdout.split()[2],
    )


def show(figures: list[Figure]) -> None:
    """Prints the table."""
    table = Table("", "measured", "value", "bound", "")
    for figure in figures:
        colour = {"reached": "green", "within the limit": "yellow", "not reached": "red"}.get(figure.verdict, "")
        verdict = f"[{colour}]{figure.verdict}[/]" if colour else ""
        table.add_row(figure.part, figure.what, figure.shown, figure.bound, verdict)
    Console().print(table)


def write(figures: list[Figure], where: Machine, *, runs: dict[str, object]) -> None:
    """Writes `results.json` and `results.md`; parts that were not measured now keep what was measured before."""
    path = FOLDER / "results.json"
    before = json.loads(path.read_text(encoding="utf-8"))["parts"] if path.exists() else {}
    now = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    parts = {**before}
    for letter in sorted({figure.part for figure in figures}):
        measured = [{**asdict(f), "bound": f.bound, "verdict": f.verdict} for f in figures if f.part == letter]
        parts[letter] = {
            "measured_at": now,
            "machine": asdict(where),
            "figures": measured,
            "runs": runs.get(letter),
        }
    path.write_text(json.dumps({"parts": dict(sorted(parts.items()))}, indent=2, ensure_ascii=False) + "\n", "utf-8")
    (FOLDER / "results.md").write_text(_markdown(dict(sorted(parts.items()))), "utf-8")


_TITLES = {
    "a": "The film load at one request a second, answers of 2 s per 1,000 items",
    "b": "The same prepared list of pages three ways, without pace and latency; medians",
    "c": "Peak memory of a census run, its process and its children (PSS)",
    "d": "A day of 50 changes, polled at one request a second",
    "e": "The whole catalogue at three sizes, without pace and latency: films, series, matches, episodes",
    "f": "The whole catalogue at one request a second, answers of 2 s per 1,000 items: the four large kinds",
    "g": "The whole catalogue, the four large kinds loaded at once, without pace and latency",
    "h": "10,000 films of TMDB's: added without pace and latency, refreshed at 20 a second with 150 ms an answer",
    "i": "Offers of TMDB's merged: all at first, and a day on which 2 % of the works changed",
}


def _markdown(parts: dict[str, dict[str, object]]) -> str:
    lines = ["# What was measured", "", "Written by `make bench`; `results.json` has the runs behind the figures.", ""]
    for letter, part in parts.items():
        where = Machine(**part["machine"])  # type: ignore[arg-type]
        software = f"PostgreSQL {where.postgresql}, Python {where.python}"
        hardware = f"{where.cores} cores ({where.cpu}), {where.memory_gb:g} GB"
        lines += [
            f"## ({letter}) {_TITLES[letter]}",
            "",
            f"{part['measured_at']}, {hardware}, {software}",
            "",
            "| measured | value | bound | |",
            "| --- | --- | --- | --- |",
        ]
        for stored in part["figures"]:  # type: ignore[attr-defined]
            figure = Figure(**{name: stored[name] for name in ("part", "what", "value", "unit", "wanted", "at_most")})
            lines.append(f"| {figure.what} | {figure.shown} | {figure.bound} | {figure.verdict} |")
        lines.append("")
    return "\n".join(lines)
