"""The assets of where titles can be watched: who offers titles, and which titles they offer."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

import dagster as dg

from catalog_assets.partitions import streaming_days
from catalog_assets.steps import step
from catalog_assets.streaming.asking import AskingConfig, asked, of_services
from catalog_assets.streaming.availability import merge_availability
from catalog_assets.streaming.providers import (
    TMDB_DIRECTORIES,
    WATCHMODE_DIRECTORIES,
    ask_for_directories,
    merge_providers,
)
from catalog_assets.streaming.requests import Request
from catalog_assets.streaming.store import Store
from catalog_assets.tables import column_schema
from resources.client import ServiceClient
from resources.dagster_resources import SourceDatabase, Tmdb, Watchmode
from resources.errors import SettingsError
from resources.event_loop import run
from resources.settings import load_settings

_daily = partial(
    dg.asset,
    partitions_def=streaming_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name="streaming",
    owners=["team:catalogue"],
    kinds={"postgres", "table"},
    tags={"service": "streaming", "layer": "table"},
)
"""An asset that tells of the present, whichever day is materialized."""


@_daily(
    key=["streaming", "providers"],
    description="Services that offer titles, each once, whatever numbers and spellings TMDB and Watchmode have for it;"
    " by region in `streaming.region_providers`.",
    pool="tmdb",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=74), warn_window=timedelta(hours=26)),
    metadata={"dagster/table_name": "source.streaming.providers"},
)
def providers(
    context: dg.AssetExecutionContext,
    config: AskingConfig,
    source: SourceDatabase,
    tmdb: Tmdb,
    watchmode: Watchmode,
) -> dg.MaterializeResult[None]:
    """Asks for the directories of the services that are on, each past its time to live, and merges them."""
    asking: dict[str, tuple[Tmdb | Watchmode, Sequence[Request]]] = {}
    problems: list[str] = []
    figures: dict[str, dict[str, float]] = {}
    with step(context), source.database() as database:
        settings = load_settings()
        if settings.tmdb is not None:
            asking["tmdb"] = tmdb, TMDB_DIRECTORIES
        if settings.watchmode is not None:
            asking["watchmode"] = watchmode, WATCHMODE_DIRECTORIES
        if not asking:
            raise SettingsError("Nobody is asked who offers titles: set TMDB_API_KEY or WATCHMODE_API_KEY.")
        for name, (service, requests) in asking.items():
            client = service.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())

            async def ask(client: ServiceClient, store: Store, requests: Sequence[Request] = requests) -> list[str]:
                return await ask_for_directories(client, store, requests, force=config.force)

            failures, figures[name] = run(asked(context, database, client, ask))
            problems += failures
        with database.connection(autocommit=True) as connection:
            merged = merge_providers(connection)
        with database.connection() as connection:
            columns = column_schema(connection, "streaming.providers")
    for problem in problems:
        context.log.warning("an older directory stays in use: %s", problem)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": merged.providers,
            "dagster/column_schema": columns,
            "tmdb_ids": merged.tmdb_ids,
            "watchmode_ids": merged.watchmode_ids,
            "regions": merged.regions,
            "problem": "; ".join(problems) or "none",
            **of_services(figures),
        }
    )


@_daily(
    key=["streaming", "availability"],
    description="Where titles can be watched, in which way and at what price: TMDB's providers and Watchmode's offers,"
    " merged. One title: `streaming.streaming_availability`; a service's titles: `streaming.titles_by_provider`;"
    " what came and went: `streaming.availability_changes`.",
    deps=[["streaming", "providers"], ["streaming", "watchmode_pages"], ["tmdb", "works"]],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26), warn_window=timedelta(hours=3)),
    metadata={"dagster/table_name": "source.streaming.streaming_availability"},
)
def availability(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Merges the offers of works whose content changed, and Watchmode's newer answers, in one transaction."""
    with step(context), source.database() as database:
        with database.connection(autocommit=True) as connection:
            merged = merge_availability(connection)
        with database.connection() as connection:
            columns = column_schema(connection, "streaming.streaming_availability")
    figures: Mapping[str, int] = {
        "works_inserted": merged.inserted,
        "works_updated": merged.updated,
        "works_unchanged": merged.unchanged,
        "works_dropped": merged.dropped,
        "tmdb_offers_read": merged.offers,
        "watchmode_titles": merged.titles,
        "watchmode_offers": merged.watchmode_offers,
        "offers_rejected": merged.rejected,
        "offers_foreign": merged.foreign,
        "arrived": merged.arrived,
        "left": merged.left,
    }
    return dg.MaterializeResult(metadata={**figures, "dagster/column_schema": columns})


availability_assets = [providers, availability]
"""Who offers titles, and which."""
