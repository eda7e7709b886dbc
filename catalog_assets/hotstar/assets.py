"""The assets of a kind: what changed on a day, the census begun on a day, and the table that both make.

The first two ask the service and store pages; the table alone is written by the third, which takes every stored page.
What cannot be asked for by update time has no first one; what is listed within items of another kind has rounds in
place of censuses.
"""

import time
import warnings
from collections.abc import Awaitable, Callable
from datetime import timedelta

import dagster as dg
from pydantic import Field

from catalog_assets.hotstar.census import take_census
from catalog_assets.hotstar.kinds import KINDS, Kind
from catalog_assets.hotstar.listing import ListingResult
from catalog_assets.hotstar.merge import merge_pages
from catalog_assets.hotstar.rounds import A_DAY, list_round
from catalog_assets.hotstar.sync_log import failing_sync, finish_sync, leave_unmerged, log_listing, logged_sync
from catalog_assets.hotstar.tables import row_counts
from catalog_assets.hotstar.updates import list_updates
from catalog_assets.partitions import hotstar_days
from catalog_assets.steps import step
from catalog_assets.tables import column_schema
from resources.dagster_resources import Hotstar, SourceDatabase
from resources.databases import Database
from resources.event_loop import run
from resources.hotstar import HotstarClient

# One run over a range of days is what a hole of any length asks for; the parameter has stood since Dagster 1.4.
warnings.filterwarnings("ignore", message="Parameter `backfill_policy`", category=dg.BetaWarning)

GROUP = "hotstar"
OWNERS = ["team:catalogue"]
POLL_POOL = "hotstar_poll"
CENSUS_POOL = "hotstar_census"
POLL_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26), warn_window=timedelta(hours=5))
DAY_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))
WEEK_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=9), warn_window=timedelta(days=8))


class CensusConfig(dg.Config):
    """What a person may say of a census when starting it."""

    approve_deletions: int | None = Field(
        default=None, ge=0, description="Apply deletions above the guard if this census finds at most so many."
    )


class RoundConfig(CensusConfig):
    """As of a census, and how much a round lists."""

    every: bool = Field(default=False, description="Every series that was not listed within a day, not only a day's.")


def hotstar_assets() -> list[dg.AssetsDefinition]:
    """The assets of every kind."""
    return [
        make(kind)
        for kind in KINDS.values()
        for make in (_updates, _rounds if kind.listed_by else _census, _table)
        if make is not _updates or kind.is_polled
    ]


def _updates(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=["hotstar", f"{kind.name}_updates"],
        description=f"Pages of what changed among Hotstar's {kind.plural} on a day of update time.",
        partitions_def=hotstar_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=POLL_POOL,
        freshness_policy=POLL_FRESHNESS,
        group_name=GROUP,
        owners=OWNERS,
        kinds={"python", "postgres"},
        tags={"service": "hotstar", "layer": "pages"},
        metadata={"dagster/table_name": "source.hotstar.pages"},
    )
    def updates(
        context: dg.AssetExecutionContext, source: SourceDatabase, hotstar: Hotstar
    ) -> dg.MaterializeResult[None]:
        window = context.partition_time_window

        async def listing(client: HotstarClient, database: Database) -> ListingResult:
            return await list_updates(
                kind=kind,
                client=client,
                database=database,
                run_id=context.run.run_id,
                origin=hotstar.origin(),
                start=window.start,
                end=window.end,
            )

        open_day = window.end.timestamp() > time.time()
        sync_type = "incremental" if open_day else "daily"
        return _fetched(context, source, hotstar, kind=kind, sync_type=sync_type, listing=listing)

    return updates


def _census(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=["hotstar", kind.listing],
        description=f"Pages of a complete, proven listing of Hotstar's {kind.plural}, by the day on which it began.",
        partitions_def=hotstar_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=CENSUS_POOL,
        freshness_policy=WEEK_FRESHNESS if kind.listed_every == "week" else DAY_FRESHNESS,
        group_name=GROUP,
        owners=OWNERS,
        kinds={"python", "postgres"},
        tags={"service": "hotstar", "layer": "pages"},
        metadata={"dagster/table_name": "source.hotstar.pages"},
    )
    def census(
        context: dg.AssetExecutionContext, config: CensusConfig, source: SourceDatabase, hotstar: Hotstar
    ) -> dg.MaterializeResult[None]:
        async def listing(client: HotstarClient, database: Database) -> ListingResult:
            return await take_census(
                kind=kind,
                client=client,
                database=database,
                run_id=context.run.run_id,
                origin=hotstar.origin(),
                approved_deletions=config.approve_deletions,
            )

        return _fetched(context, source, hotstar, kind=kind, sync_type="census", listing=listing)

    return census


def _rounds(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=["hotstar", kind.listing],
        description=f"Pages of Hotstar's {kind.plural}, listed one series after the other: {A_DAY} series a day.",
        partitions_def=hotstar_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=CENSUS_POOL,
        freshness_policy=DAY_FRESHNESS,
        group_name=GROUP,
        owners=OWNERS,
        kinds={"python", "postgres"},
        tags={"service": "hotstar", "layer": "pages"},
        metadata={"dagster/table_name": "source.hotstar.pages"},
    )
    def rounds(
        context: dg.AssetExecutionContext, config: RoundConfig, source: SourceDatabase, hotstar: Hotstar
    ) -> dg.MaterializeResult[None]:
        async def listing(client: HotstarClient, database: Database) -> ListingResult:
            return await list_round(
                kind=kind,
                client=client,
                database=database,
                run_id=context.run.run_id,
                most=None if config.every else A_DAY,
                approved_deletions=config.approve_deletions,
            )

        return _fetched(context, source, hotstar, kind=kind, sync_type="round", listing=listing)

    return rounds


def _table(kind: Kind) -> dg.AssetsDefinition:
    @dg.asset(
        key=["hotstar", kind.plural],
        description=f"Hotstar's {kind.plural}: newest version of each, the deleted ones included.",
        deps=[["hotstar", asset] for asset in (kind.updates, kind.listing) if asset],
        partitions_def=hotstar_days,
        backfill_policy=dg.BackfillPolicy.single_run(),
        freshness_policy=POLL_FRESHNESS if kind.is_polled else DAY_FRESHNESS,
        group_name=GROUP,
        owners=OWNERS,
        kinds={"postgres", "table"},
        tags={"service": "hotstar", "layer": "table"},
        metadata={"dagster/table_name": f"source.hotstar.{kind.view}"},
    )
    def table(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
        with (
            step(context),
            source.database() as database,
            failing_sync(database, kind, run_id=context.run.run_id),
        ):
            with database.connection(autocommit=True) as connection:
                merged = merge_pages(connection, kind, run_id=context.run.run_id)
            status = finish_sync(database, kind, run_id=context.run.run_id, merge_id=merged.merge_id)
            with database.connection() as connection:
                counts = row_counts(connection, kind)
                columns = column_schema(connection, f"hotstar.{kind.view}")
        context.log.info("merge %s of %s pages: %s", merged.merge_id, merged.pages, status or "nothing listed")
        return dg.MaterializeResult(
            metadata={
                "dagster/row_count": counts.rows,
                "dagster/partition_row_count": merged.seen,
                "dagster/column_schema": columns,
                "pages": merged.pages,
                "inserted": merged.inserted,
                "updated": merged.updated,
                "unchanged": merged.unchanged,
                "deleted": merged.deleted,
                "restored": merged.restored,
                "rejected": merged.rejected,
                "withheld": merged.withheld,
                "went_back": merged.went_back,
                "reissued": merged.reissued,
                "active": counts.active,
                "missing": counts.missing,
                "unpublished": counts.unpublished,
                "expired": counts.expired,
                "test_entries": counts.test_entries,
                "merged_at": dg.MetadataValue.timestamp(merged.merged_at),
            }
        )

    return table


def _fetched(
    context: dg.AssetExecutionContext,
    source: SourceDatabase,
    hotstar: Hotstar,
    *,
    kind: Kind,
    sync_type: str,
    listing: Callable[[HotstarClient, Database], Awaitable[ListingResult]],
) -> dg.MaterializeResult[None]:
    """Lists within a logged run, and tells what it took in figures that the UI plots."""
    with (
        step(context),
        source.database() as database,
        logged_sync(database, kind, sync_type=sync_type, run_id=context.run.run_id),
    ):
        client = hotstar.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
        result = run(_listed(client, database, listing))
        counts = client.counts
        log_listing(database, kind, run_id=context.run.run_id, listing_id=result.listing_id, requests=counts.requests)
        steps = context.run.step_keys_to_execute
        if steps is not None and f"hotstar__{kind.plural}" not in steps:
            leave_unmerged(database, kind, run_id=context.run.run_id)
    if result.problem is not None:
        context.log.error("the listing is not complete: %s", result.problem)
    return dg.MaterializeResult(
        metadata={
            "status": result.status,
            "problem": result.problem or "none",
            "listing_id": result.listing_id,
            "total": result.total,
            "distinct_ids": result.distinct_ids,
            "duplicates": result.duplicates,
            "requests": counts.requests,
            "requests_apart": result.requests_apart,
            "floor": result.floor,
            "refused": counts.refused,
            "failures": counts.failures,
            "waited_for_slots_s": round(counts.waited_s, 3),
            "slowest_answer_s": round(counts.slowest_s, 3),
            "fetching_s": round(result.fetching_s, 3),
            "bytes": result.bytes,
            "taken_up": result.taken_up,
        }
    )


async def _listed(
    client: HotstarClient,
    database: Database,
    listing: Callable[[HotstarClient, Database], Awaitable[ListingResult]],
) -> ListingResult:
    try:
        async with client:
            return await listing(client, database)
    finally:
        await database.async_engine.dispose()
