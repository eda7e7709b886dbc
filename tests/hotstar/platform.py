"""A sandbox and a source database behind the definitions, for tests that run jobs as Dagster runs them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import dagster as dg
import psycopg
import pytest

from catalog_assets.build import build_definitions
from catalog_assets.hotstar.kinds import KINDS, MOVIE, Kind
from catalog_assets.jobs import CENSUS, POLL, asset_keys
from catalog_assets.partitions import HOTSTAR_ZONE
from tests.sandbox_process import RunningSandbox, running_sandbox

FIELDS = ("id", "title", "updateDate", "startDate", "endDate", "assetStatus", "premium")
"""What the sandbox's truth says of a film."""


@dataclass(frozen=True, slots=True)
class Films:
    """The films' jobs over a sandbox and a database of a test's own."""

    sandbox: RunningSandbox
    connection: psycopg.Connection
    instance: dg.DagsterInstance
    definitions: dg.Definitions = field(default_factory=build_definitions)

    def census(self, kind: Kind = MOVIE, *, approve: int | None = None, **given: bool) -> dg.ExecuteInProcessResult:
        config = {"ops": {f"hotstar__{kind.listing}": {"config": {"approve_deletions": approve, **given}}}}
        return self._run(kind, CENSUS, today(), config)

    def poll(self, day: str | None = None, *, kind: Kind = MOVIE) -> dg.ExecuteInProcessResult:
        return self._run(kind, POLL, day or today(), {})

    def materialised(self, *keys: str) -> dg.ExecuteInProcessResult:
        """A run of these assets alone, as from an asset's page."""
        assets = [asset for asset in self.definitions.assets or [] if isinstance(asset, dg.AssetsDefinition)]
        return dg.materialize(
            assets,
            selection=list(keys),
            instance=self.instance,
            resources=self.definitions.resources,
            partition_key=today(),
        )

    def _run(self, kind: Kind, job: str, day: str, config: dict[str, Any]) -> dg.ExecuteInProcessResult:
        return self.definitions.resolve_job_def(job).execute_in_process(
            instance=self.instance,
            partition_key=day,
            run_config=config,
            asset_selection=asset_keys(kind, job),
            raise_on_error=False,
        )

    def ids(self, kind: Kind) -> set[str]:
        """The ids of a kind that are not deleted as missing."""
        found = self.connection.execute(
            "SELECT content_id FROM hotstar.items WHERE kind = %s AND deletion_reason IS DISTINCT FROM 'missing'",
            (kind.name,),
        )
        return {row[0] for row in found}

    def true_ids(self, kind: Kind) -> set[str]:
        """The ids of a kind that the service lists."""
        return set(self.sandbox.truth(kind.name, ids=1)["visible_ids"])

    def forget_when_it_was(self, kind: Kind, *, hours: int = 48) -> None:
        """Put everything stored of a kind back by so many hours, as if it had been listed then."""
        for table, columns in (
            ("listings", ("started_at", "completed_at")),
            ("parts", ("started_at", "proven_at")),
            ("pages", ("sent_at", "received_at")),
            ("sightings", ("sent_at",)),
            ("merges", ("merged_at",)),
        ):
            moved = ", ".join(f"{column} = {column} - interval '{hours} hours'" for column in columns)
            chosen = (
                "kind = %s"
                if table != "parts"
                else "listing_id IN (SELECT listing_id FROM hotstar.listings WHERE kind = %s)"
            )
            self.connection.execute(
                f"UPDATE hotstar.{table} SET {moved} WHERE {chosen}".encode(),  # noqa: S608 - names from here
                (kind.name,),
            )

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def one(self, query: str) -> Any:
        return self.rows(query)[0][0]

    def table(self) -> dict[str, dict[str, Any]]:
        """What the table says of every film not deleted as missing, in the words of the sandbox's truth."""
        return {
            row[0]: dict(
                zip(
                    ("id", "title", "updateDate", "startDate", "endDate", "assetStatus", "premium"),
                    row[1:],
                    strict=True,
                )
            )
            for row in self.rows(
                "SELECT content_id, hotstar_id, title, api_update_date, start_date, end_date, asset_status, premium"
                " FROM hotstar_movies WHERE deletion_reason IS DISTINCT FROM 'missing'"
            )
        }

    def truth(self) -> dict[str, dict[str, Any]]:
        items: dict[str, dict[str, Any]] = self.sandbox.truth(items=1)["items"]
        return {content_id: {name: item.get(name) for name in FIELDS} for content_id, item in items.items()}


def today() -> str:
    return datetime.now(ZoneInfo(HOTSTAR_ZONE)).date().isoformat()


def failed_checks(result: dg.ExecuteInProcessResult) -> set[str]:
    return {found.check_name for found in result.get_asset_check_evaluations() if not found.passed}


@contextmanager
def films(
    source_url: str, monkeypatch: pytest.MonkeyPatch, *, movies: int = 1_200, scale: float = 0.01, rate: int = 0
) -> Iterator[Films]:
    with (
        running_sandbox(movies=movies, scale=scale, rate=rate) as sandbox,
        psycopg.connect(source_url, autocommit=True) as connection,
        dg.DagsterInstance.ephemeral() as instance,
    ):
        for kind in KINDS.values():
            sandbox.control(do="lag", kind=kind.name, seconds=0)
        urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
        rest = {"CATALOG_ORIGIN_HOTSTAR": "sandbox:1", "SANDBOX_RATE": str(rate), "CATALOG_LOG_LEVEL": "WARNING"}
        for name, value in {**sandbox.environment(), **urls, **rest}.items():
            monkeypatch.setenv(name, value)
        yield Films(sandbox, connection, instance)
