"""Dagster runs as the command line sees them: settle those of a dead host, launch one through the queue, follow it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Any

import httpx
from dagster import AssetKey, DagsterInstance, DagsterRun, DagsterRunStatus, RunsFilter

from catalog_assets.cli.environment import Platform
from catalog_assets.health import close_interrupted
from catalog_assets.hotstar.assets import CENSUS_POOL, POLL_POOL
from catalog_assets.streaming.watchmode_assets import POOL as WATCHMODE_POOL
from catalog_assets.tmdb.assets import POOL as TMDB_POOL
from catalog_assets.trakt.trending_assets import POOL as TRAKT_POOL
from resources.databases import Database
from resources.errors import CatalogError
from resources.statements import statement

LOCATION = "catalog"
"""The code location's name: part of the identity of every schedule and sensor."""

UNDER_WAY = (DagsterRunStatus.STARTED, DagsterRunStatus.STARTING, DagsterRunStatus.CANCELING)
WAITING = (DagsterRunStatus.QUEUED, DagsterRunStatus.NOT_STARTED)

_LAUNCH = """
mutation Launch($parameters: ExecutionParams!) {
  launchRun(executionParams: $parameters) {
    __typename
    ... on LaunchRunSuccess { run { runId } }
    ... on Error { message }
    ... on RunConfigValidationInvalid { errors { message } }
  }
}
"""
_LOADED = """
query Loaded($location: String!) {
  workspaceLocationEntryOrError(name: $location) {
    __typename
    ... on WorkspaceLocationEntry {
      locationOrLoadError {
        __typename
        ... on RepositoryLocation { repositories { name } }
        ... on PythonError { message }
      }
    }
  }
}
"""


@contextmanager
def opened_instance(ready: Platform) -> Iterator[DagsterInstance]:
    """Dagster's instance, with its tables and pools.

    Dagster makes each when it first needs it, and of two processes that do so at once one may fail: a pool's row is
    inserted in a transaction that goes on after the insert was refused. So they are made here, by one at a time.

    Raises:
        DatabaseError: Dagster's database cannot be reached.
    """
    database = Database(ready.urls.dagster, name="dagster", pool_size=1)
    with closing(database), database.connection() as connection:
        connection.execute(statement("ops/lock_instance"))
        instance = DagsterInstance.get()
        storage = instance.event_log_storage
        pools = {CENSUS_POOL, POLL_POOL, TMDB_POOL, WATCHMODE_POOL, TRAKT_POOL}
        for pool in pools - {limit.name for limit in storage.get_pool_limits()}:
            storage.initialize_concurrency_limit_to_default(pool)
    with instance:
        yield instance


def runs_of(
    instance: DagsterInstance, statuses: Iterable[DagsterRunStatus], *, job: str | None = None
) -> list[DagsterRun]:
    """Runs with one of these statuses, newest first."""
    records = instance.get_run_records(RunsFilter(job_name=job, statuses=list(statuses)))
    return [record.dagster_run for record in records]


def settle_dead_runs(
    ready: Platform, instance: DagsterInstance, *, taken_up: Collection[AssetKey] = (), spare_loads: bool = False
) -> None:
    """Close every run that a host left under way when it died, with its row in the sync log, and free its slots.

    Nobody else does: the default run launcher has no health check. Runs that crashed are retried by Dagster's daemon,
    but for those that fetch what is `taken_up`, which the caller launches again itself. Call it only where no worker
    can live; with `spare_loads` the runs inside a `catalog load` are left alone.
    """
    dead = [run for run in runs_of(instance, UNDER_WAY) if not spare_loads or is_launched(run)]
    for run in dead:
        if run.status is DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "The platform ended while this run was being cancelled.")
        else:
            if any(key in taken_up for key in run.asset_selection or ()):
                instance.add_run_tags(run.run_id, {"dagster/max_retries": "0"})
            instance.report_run_failed(run, "The platform ended before this run did: a later run takes its work up.")
        instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
    if dead:
        database = Database(ready.urls.source, pool_size=1)
        with closing(database), database.connection() as connection:
            close_interrupted(connection, [run.run_id for run in dead])


def is_launched(run: DagsterRun) -> bool:
    """Whether a code server launched the run; if not, it runs inside the process that asked for it."""
    return ".dagster/grpc_info" in run.tags


def is_loaded(address: str) -> bool:
    """Whether the webserver shows the code location by now.

    Raises:
        CatalogError: the definitions can't be loaded.
    """
    try:
        answer = _ask(address, _LOADED, {"location": LOCATION})["workspaceLocationEntryOrError"]
    except httpx.TransportError:
        return False  # it does not listen yet
    loaded = answer.get("locationOrLoadError") or {}
    if loaded.get("__typename") == "PythonError":
        raise CatalogError(f"The definitions can't be loaded: {str(loaded['message']).strip().splitlines()[-1]}")
    return loaded.get("__typename") == "RepositoryLocation"


def launch(address: str, job: str, keys: Iterable[AssetKey], *, partition: str) -> str:
    """Put a run of a partitioned job, for these assets of it, into the queue through the webserver; return its id.

    Raises:
        CatalogError: Dagster refused; the message says why.
    """
    tags = [{"key": "dagster/partition", "value": partition}]
    parameters = {
        "selector": {
            "repositoryLocationName": LOCATION,
            "repositoryName": "__repository__",
            "jobName": job,
            "assetSelection": [{"path": list(key.path)} for key in keys],
        },
        "runConfigData": {},
        "executionMetadata": {"tags": tags},
    }
    answer = _ask(address, _LAUNCH, {"parameters": parameters})["launchRun"]
    if answer["__typename"] != "LaunchRunSuccess":
        said = answer.get("message") or answer.get("errors") or answer["__typename"]
        raise CatalogError(f"Dagster did not take the job {job}: {said}")
    return str(answer["run"]["runId"])


def _ask(address: str, query: str, variables: Mapping[str, Any]) -> dict[str, Any]:
    answer = httpx.post(
        f"{address}/graphql", json={"query": query, "variables": variables}, timeout=60, trust_env=False
    )
    answer.raise_for_status()
    content = answer.json()
    if content.get("errors"):
        raise CatalogError(f"Dagster refused a request: {content['errors'][0]['message']}")
    return dict(content["data"])
