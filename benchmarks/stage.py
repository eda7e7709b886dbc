"""The stage of a measurement: a home of its own with its embedded server, and a sandbox; all of it ends with it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from resources.embedded import EmbeddedServer
from resources.embedded_install import recorded_folder
from resources.migrations import migrate
from resources.settings import PROJECT_ROOT
from tests.sandbox_process import RunningSandbox, running_sandbox

FILMS = 51_495
MORE_FILMS = 514_950
ANSWERS_READY = ("--warm", "--cache-mb=2000")
"""The sandbox encodes its items beforehand: what is measured is not how fast it writes JSON."""


WARM_WITHIN_S = 300
"""How long it may take to encode 919,069 items."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a job: the summary of `catalog load`, and what Dagster and the tables say. Seconds."""

    summary: Mapping[str, Any]
    run_s: float
    fetching_s: float
    merging_s: float


@dataclass(frozen=True, slots=True)
class Stage:
    """A home with a running server, empty but for migrations."""

    home: Path
    server: EmbeddedServer

    def environment(self, sandbox: RunningSandbox, *, rate: float) -> dict[str, str]:
        """What `catalog` needs to load from a sandbox at a pace (requests a second, 0: none) into this home."""
        urls = self.server.urls
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(("DAGSTER_", "SANDBOX_"))},
            **sandbox.environment(),
            "CATALOG_HOME": str(self.home),
            "CATALOG_ORIGIN_HOTSTAR": "sandbox:1",
            "CATALOG_ORIGIN_TMDB": "sandbox:1",
            "SANDBOX_RATE": str(rate),
            "SANDBOX_TMDB_RATE": str(rate),
            "SOURCE_DATABASE_URL": urls.source.get_secret_value(),
            "CATALOG_DATABASE_URL": urls.catalog.get_secret_value(),
            "DAGSTER_DATABASE_URL": urls.dagster.get_secret_value(),
        }

    def start_load(
        self, sandbox: RunningSandbox, *, rate: float, day: str | None = None, kind: str = "movies"
    ) -> subprocess.Popen[str]:
        """Starts `catalog load movies --json`, or of another kind: a job's run inside one process."""
        arguments = ["load", kind, "--json", *(["--day", day] if day else ["--census"])]
        return subprocess.Popen(
            [sys.executable, "-m", "catalog_assets.cli.main", *arguments],
            cwd=PROJECT_ROOT,
            env=self.environment(sandbox, rate=rate),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )

    def ended(self, process: subprocess.Popen[str], *, kind: str = "movies") -> Run:
        """Waits for a load to end and reads what it did.

        Raises:
            RuntimeError: it failed.
        """
        printed = process.communicate()[0]
        if process.returncode != 0:
            raise RuntimeError(f"the load failed with status {process.returncode}: {printed}")
        summary = json.loads(printed)
        with psycopg.connect(self.server.urls.dagster.get_secret_value(), row_factory=dict_row) as connection:
            times = connection.execute(
                "SELECT end_time - start_time AS run_s FROM runs WHERE run_id = %s", (summary["run"],)
            ).fetchone()
            steps = connection.execute(
                "SELECT step_key, dagster_event_type AS happened, timestamp AS at, event FROM event_logs"
                " WHERE run_id = %s AND dagster_event_type IN ('STEP_START', 'STEP_SUCCESS', 'ASSET_MATERIALIZATION')"
                " ORDER BY id",
                (summary["run"],),
            ).fetchall()
        at = {(step["step_key"], step["happened"]): step["at"] for step in steps}
        table = f"hotstar__{kind}"
        merging_s = (at[table, "STEP_SUCCESS"] - at[table, "STEP_START"]).total_seconds()
        return Run(summary, float(times["run_s"]) if times else 0.0, _fetching_s(steps, table), merging_s)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the source database answers."""
        with psycopg.connect(self.server.urls.source.get_secret_value()) as connection:
            return connection.execute(query.encode()).fetchall()

    @contextmanager
    def database(self, *, migrated: bool) -> Iterator[str]:
        """The URL of a database of one measurement's own, with our tables or empty."""
        name = f"measured_{os.urandom(4).hex()}"
        with psycopg.connect(self.server.url("postgres").get_secret_value(), autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            try:
                url = self.server.url(name)
                if migrated:
                    migrate(url)
                admin.execute("CHECKPOINT")
                yield url.get_secret_value()
            finally:
                admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _fetching_s(steps: list[dict[str, Any]], table: str) -> float:
    for step in steps:
        if step["happened"] == "ASSET_MATERIALIZATION" and step["step_key"] != table:
            materialized = json.loads(step["event"])["dagster_event"]["event_specific_data"]["materialization"]
            for entry in materialized["metadata_entries"]:
                if entry["label"] == "fetching_s":
                    return float(entry["entry_data"]["value"])
    raise RuntimeError("the run materialised no listing")


@contextmanager
def stage() -> Iterator[Stage]:
    """Makes a home and starts its server, with the databases that a load needs; removes both at the end."""
    with tempfile.TemporaryDirectory(prefix="catalog-bench-") as folder:
        home = Path(folder)
        try:
            with EmbeddedServer(home) as server:
                migrate(server.urls.source)
                yield Stage(home, server)
        finally:
            outside = recorded_folder(home)
            if outside is not None:
                shutil.rmtree(outside)


@contextmanager
def sandbox_of(films: int, *, rate: float = 0, latency: float = 0, ready: bool = True) -> Iterator[RunningSandbox]:
    """A sandbox of so many films; without pace and latency unless asked for; its answers wait ready or not."""
    options = ANSWERS_READY if ready else ()
    with running_sandbox(movies=films, rate=rate, latency=latency, options=options, as_command=True) as sandbox:
        yield sandbox


@contextmanager
def sandbox_of_kinds(scale: float, *, rate: float = 0, latency: float = 0) -> Iterator[RunningSandbox]:
    """A sandbox of every kind, 1 being the real size; its answers wait ready."""
    options = ("--warm", "--cache-mb=6000")
    with running_sandbox(
        movies=round(FILMS * scale),
        scale=scale,
        rate=rate,
        latency=latency,
        options=options,
        within_s=WARM_WITHIN_S,
        as_command=True,
    ) as sandbox:
        yield sandbox
