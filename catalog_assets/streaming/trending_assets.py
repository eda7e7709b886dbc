"""The assets of what is trending on TMDB: pages of its lists, and an hour's snapshots made of them.

Trakt's are in `catalog_assets.trakt.trending_assets`: these never depend on them.
"""

from datetime import timedelta
from functools import partial

import dagster as dg
import psycopg

from catalog_assets.partitions import streaming_hours
from catalog_assets.steps import step
from catalog_assets.streaming.asking import AskingConfig, asked
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.trending import TMDB_LISTS, Lists, ask_for_lists, leading_titles, make_snapshots
from catalog_assets.tables import column_schema
from resources.client import ServiceClient
from resources.dagster_resources import SourceDatabase, Tmdb
from resources.databases import Database
from resources.event_loop import run

OWNERS = ["team:catalogue"]
HOUR_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=4), warn_window=timedelta(hours=2))

hourly = partial(
    dg.asset,
    partitions_def=streaming_hours,
    freshness_policy=HOUR_FRESHNESS,
    owners=OWNERS,
    kinds={"python", "postgres"},
)
"""An asset of what is trending."""


@hourly(
    key=["streaming", "tmdb_trending_pages"],
    description="Pages of TMDB's trending lists: films and series, of the day and the week. Asked for when past their"
    " time to live; a list tells the present, whichever hour is materialized.",
    group_name="streaming",
    pool="tmdb",
    tags={"service": "tmdb", "layer": "pages"},
    metadata={"dagster/table_name": "source.streaming.pages"},
)
def tmdb_trending_pages(
    context: dg.AssetExecutionContext, config: AskingConfig, source: SourceDatabase, tmdb: Tmdb
) -> dg.MaterializeResult[None]:
    """Asks for the lists that are not fresh."""
    with step(context), source.database() as database:
        client = tmdb.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
        return asked_lists(context, config, database, client, TMDB_LISTS)


@hourly(
    key=["streaming", "trending_entries"],
    description="What is trending on TMDB, ranked and scored by the hour, and the aggregate of the sources that may be"
    " published. The present is `streaming.trending_entries`, the past `trending_history`, moves `trending_moves`.",
    deps=[["streaming", "tmdb_trending_pages"]],
    group_name="streaming",
    tags={"service": "tmdb", "layer": "tables"},
    metadata={"dagster/table_name": "source.streaming.trending_entries"},
)
def trending_entries(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Makes the hour's snapshots in place of those there are."""
    with step(context), source.database() as database, database.connection() as connection:
        return made_entries(context, connection, TMDB_LISTS)


trending_assets = [tmdb_trending_pages, trending_entries]
"""What is trending on TMDB."""


def asked_lists(
    context: dg.AssetExecutionContext, config: AskingConfig, database: Database, client: ServiceClient, lists: Lists
) -> dg.MaterializeResult[None]:
    """Asks for a service's lists and tells what came of it."""

    async def ask(client: ServiceClient, store: Store) -> list[str]:
        return await ask_for_lists(client, store, lists, force=config.force)

    failures, counts = run(asked(context, database, client, ask, schema=lists.schema))
    for failure in failures:
        context.log.warning("an older list stays in use: %s", failure)
    return dg.MaterializeResult(
        metadata={
            "problem": "; ".join(failures) or "none",
            **counts,
        }
    )


def made_entries(
    context: dg.AssetExecutionContext, connection: psycopg.Connection, lists: Lists
) -> dg.MaterializeResult[None]:
    """Makes the snapshots of the run's hour and tells what they hold."""
    hour = context.partition_time_window.start
    made = make_snapshots(connection, lists, hour)
    # Dagster keeps what it is told: of Trakt no title, for all that comes from it must be removable.
    leading = leading_titles(connection, lists, hour) if lists.schema == "streaming" else {}
    ranks = {f"rank: {title}": rank for title, rank in leading.items()}
    return dg.MaterializeResult(
        metadata={
            "entries": made.entries,
            "new_entries": made.new_entries,
            "snapshots": made.snapshots,
            "stale_snapshots": made.stale,
            "rows_dropped": made.dropped,
            "answer_age_h": made.answer_age_h,
            **ranks,
            "dagster/partition_row_count": made.entries,
            "dagster/column_schema": column_schema(connection, f"{lists.schema}.trending_entries"),
        }
    )
