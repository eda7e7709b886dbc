"""The tables of works as assets: one step makes all of them from pages, for they change in one transaction."""

from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg

from catalog_assets.partitions import tmdb_days
from catalog_assets.steps import step
from catalog_assets.tables import column_schema
from catalog_assets.tmdb.assets import DAY_FRESHNESS, GROUP, OWNERS
from catalog_assets.tmdb.merge import merge_details
from catalog_assets.tmdb.run_log import logged_run
from catalog_assets.tmdb.shown import shown_runs
from catalog_assets.tmdb.tables import row_counts
from resources.dagster_resources import SourceDatabase

TABLES: Mapping[str, tuple[str, str, str]] = {
    "works": (
        "title_details",
        "works",
        "Films and series as TMDB knows them, with ratings, scores and what is similar to them.",
    ),
    "seasons": ("works", "tv_seasons", "The seasons of TMDB's series, as these list them."),
    "episodes": ("seasons", "tv_episodes", "The episodes of TMDB's series, as their seasons have them."),
    "work_cards": ("works", "work_cards_cache", "Ready-made cards of works, rewritten only when they change."),
}
"""By asset: what it is made after, its table, and what stands in it."""


def _spec(name: str) -> dg.AssetSpec:
    after, table, description = TABLES[name]
    return dg.AssetSpec(
        ["tmdb", name],
        deps=[["tmdb", after]],
        description=description,
        group_name=GROUP,
        owners=OWNERS,
        partitions_def=tmdb_days,
        freshness_policy=DAY_FRESHNESS,
        kinds={"postgres", "table"},
        tags={"service": "tmdb", "layer": "table"},
        metadata={"dagster/table_name": f"source.tmdb.{table}"},
    )


@dg.multi_asset(
    name="tmdb__works",
    specs=[_spec(name) for name in TABLES],
    backfill_policy=dg.BackfillPolicy.single_run(),
)
def works(context: dg.AssetExecutionContext, source: SourceDatabase) -> Iterator[dg.MaterializeResult[None]]:
    """Merges every page of details that was not merged yet, all tables of a work in one transaction."""
    with step(context), source.database() as database, logged_run(database, context, "due"):
        with database.connection(autocommit=True) as connection:
            merged = merge_details(connection, run_id=context.run.run_id)
        with database.connection() as connection:
            rows = row_counts(connection)
            columns = {name: column_schema(connection, f"tmdb.{TABLES[name][1]}") for name in TABLES}
            runs = shown_runs(connection)
    told: dict[str, dict[str, Any]] = {
        "works": {
            "dagster/row_count": rows.titles,
            "dagster/partition_row_count": merged.inserted + merged.updated + merged.unchanged,
            "pages": merged.pages,
            "inserted": merged.inserted,
            "updated": merged.updated,
            "unchanged": merged.unchanged,
            "rejected": merged.rejected,
            "gone": merged.gone,
            "works": rows.works,
            "series": rows.series,
            **runs,
        },
        "seasons": {"dagster/row_count": rows.seasons},
        "episodes": {
            "dagster/row_count": rows.episodes,
            "episodes_written": merged.episodes_written,
            "episodes_removed": merged.episodes_removed,
            "episodes_lost": merged.episodes_lost,
        },
        "work_cards": {"dagster/row_count": rows.cards, "cards_written": merged.cards},
    }
    for name, figures in told.items():
        yield dg.MaterializeResult(
            asset_key=["tmdb", name],
            metadata={
                **figures,
                "dagster/column_schema": columns[name],
                "merged_at": dg.MetadataValue.timestamp(merged.merged_at),
            },
        )
