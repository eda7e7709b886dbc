"""The assets that ask Watchmode for ids and offers: which title is which, and where titles are offered.

Offers are merged from these pages by `streaming/availability`.
"""

from datetime import timedelta
from functools import partial

import dagster as dg
from pydantic import Field

from catalog_assets.partitions import streaming_days
from catalog_assets.steps import step
from catalog_assets.streaming.asking import AskingConfig, asked
from catalog_assets.streaming.cache import Answered
from catalog_assets.streaming.id_map import IdMapRefused, fetch_id_map, keep_id_map, load_id_map
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.watchmode_queue import Asked, ask_watchmode
from catalog_assets.streaming.watchmode_shown import shown_calls, shown_queue
from catalog_assets.tables import column_schema
from catalog_assets.tmdb.models import MediaType
from resources.client import ServiceClient
from resources.dagster_resources import SourceDatabase, Watchmode
from resources.event_loop import run
from resources.settings import load_settings

GROUP = "streaming"
OWNERS = ["team:catalogue"]
POOL = "watchmode"

_asking = partial(
    dg.asset,
    partitions_def=streaming_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool=POOL,
    group_name=GROUP,
    owners=OWNERS,
)


class IdMappingsConfig(AskingConfig):
    """Whether a file that lacks many titles is taken."""

    fewest: int | None = Field(
        default=None, ge=1, description="So few titles are enough; left out, 95 % of those of the file before."
    )


@_asking(
    key=["streaming", "id_mappings"],
    description="Watchmode's ids of TMDB's titles, from its daily file; a file that lacks more than 5 % is refused.",
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=74), warn_window=timedelta(hours=26)),
    kinds={"postgres", "table"},
    tags={"service": "watchmode", "layer": "table"},
    metadata={"dagster/table_name": "source.streaming.id_mappings"},
)
def id_mappings(
    context: dg.AssetExecutionContext, config: IdMappingsConfig, source: SourceDatabase, watchmode: Watchmode
) -> dg.MaterializeResult[None]:
    """Asks whether there is a newer file, and loads it in one transaction; one that is refused fails a check."""

    async def fetch(client: ServiceClient, store: Store) -> Answered | IdMapRefused:
        try:
            return await fetch_id_map(client, store, force=config.force, fewest=config.fewest)
        except IdMapRefused as refused:
            return refused

    with step(context), source.database() as database:
        client = watchmode.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
        file, counts = run(asked(context, database, client, fetch))
        with database.connection(autocommit=True) as connection:
            if isinstance(file, IdMapRefused):
                load = keep_id_map(connection, failure=str(file))
            else:
                load = load_id_map(connection, file, run_id=context.run.run_id)
        with database.connection() as connection:
            columns = column_schema(connection, "streaming.id_mappings")
    if load.failure is not None:
        context.log.error("the ids of the file before stay: %s", load.failure)
    verified = {} if isinstance(file, IdMapRefused) else {"verified_at": dg.MetadataValue.timestamp(file.sent_at)}
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": load.mapped,
            "dagster/column_schema": columns,
            "rows": load.rows,
            "inserted": load.inserted,
            "updated": load.updated,
            "deleted": load.deleted,
            "without_tmdb_id": load.without_tmdb_id,
            "rejected": load.rejected,
            "repeated": load.repeated,
            "conflicts": load.conflicts,
            "is_new": load.is_new,
            **verified,
            "problem": load.failure or "none",
            **counts,
        }
    )


class WatchmodePagesConfig(AskingConfig):
    """Titles that a run asks for before all others; forced, whatever the age of their answers."""

    tmdb_ids: list[int] | None = Field(
        default=None, description="These films first, if they are due or the run is forced; TMDB's numbers."
    )
    series_ids: list[int] | None = Field(default=None, description="These series, after these films.")


@_asking(
    key=["streaming", "watchmode_pages"],
    description="Watchmode's offers of the titles that matter most, as many as its units reach: see docs/scores.md.",
    deps=[["streaming", "id_mappings"], ["streaming", "trending_entries"], ["tmdb", "works"]],
    freshness_policy=dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=26), warn_window=timedelta(hours=3)),
    kinds={"python", "postgres"},
    tags={"service": "watchmode", "layer": "pages"},
    metadata={"dagster/table_name": "source.streaming.pages"},
)
def watchmode_pages(
    context: dg.AssetExecutionContext, config: WatchmodePagesConfig, source: SourceDatabase, watchmode: Watchmode
) -> dg.MaterializeResult[None]:
    """Asks for named titles, then by priority, a day's units spread over its hours."""
    films: list[tuple[MediaType, int]] = [("movie", tmdb_id) for tmdb_id in config.tmdb_ids or ()]
    series: list[tuple[MediaType, int]] = [("tv", tmdb_id) for tmdb_id in config.series_ids or ()]

    async def ask(client: ServiceClient, store: Store) -> Asked:
        regions = load_settings().regions
        return await ask_watchmode(client, store, regions=regions, named=films + series, force=config.force)

    with step(context), source.database() as database:
        client = watchmode.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
        done, counts = run(asked(context, database, client, ask))
        with database.connection() as connection:
            shown = {**shown_queue(connection), **shown_calls(connection)}
    if done.failure is not None:
        context.log.error("offers were not asked for as they should be: %s", done.failure)
    left = {
        name: units
        for name, units in (
            ("units_left_this_hour", done.units_now),
            ("units_left_today", done.units_today),
            ("units_left_this_month", done.units_month),
        )
        if units is not None
    }
    return dg.MaterializeResult(
        metadata={
            "titles_asked": done.answered + done.gone + done.failed,
            "titles_answered": done.answered,
            "titles_gone": done.gone,
            "titles_failed": done.failed,
            "titles_not_mapped": ", ".join(done.unmapped) or "none",
            "regions": ", ".join(done.regions) or "none",
            "regions_not_in_plan": ", ".join(done.left_out) or "none",
            **left,
            "stopped_by": done.stopped_by or "nothing",
            "problem": done.failure or "none",
            **shown,
            **counts,
        }
    )


watchmode_assets = [id_mappings, watchmode_pages]
"""What Watchmode is asked for here."""
