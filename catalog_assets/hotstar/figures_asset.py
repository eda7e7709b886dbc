"""The asset of daily figures: made from the tables alone, so that any day can be made again."""

from datetime import date

import dagster as dg

from catalog_assets.hotstar.assets import DAY_FRESHNESS, GROUP, OWNERS
from catalog_assets.hotstar.figures import day_totals, write_figures
from catalog_assets.hotstar.kinds import KINDS
from catalog_assets.partitions import hotstar_days
from resources.dagster_resources import SourceDatabase


@dg.asset(
    key=["hotstar", "daily_figures"],
    description="How many items of each kind were on offer at the end of a day, and how many came and went in it.",
    deps=[["hotstar", kind.plural] for kind in KINDS.values()],
    partitions_def=hotstar_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    freshness_policy=DAY_FRESHNESS,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres", "table"},
    tags={"service": "hotstar", "layer": "table"},
    metadata={"dagster/table_name": "source.hotstar.daily_figures"},
)
def daily_figures(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Writes the figures of every day of the run; the metadata tells of the newest."""
    rows = 0
    days = [date.fromisoformat(key) for key in context.partition_keys]
    with source.database() as database:
        for day in days:
            with database.connection(autocommit=True) as connection:
                rows += write_figures(connection, day)
        with database.connection() as connection:
            totals = day_totals(connection, days[-1])
    return dg.MaterializeResult(metadata={"dagster/partition_row_count": rows, **totals})
