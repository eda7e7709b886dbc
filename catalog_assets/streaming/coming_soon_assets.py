"""The assets of what is coming soon: TMDB's and Watchmode's answers, and one table made of them."""

from collections.abc import Callable, Coroutine
from datetime import timedelta
from functools import partial
from typing import Any

import dagster as dg

from catalog_assets.partitions import streaming_days
from catalog_assets.steps import step
from catalog_assets.streaming.asking import AskingConfig, asked, of_services
from catalog_assets.streaming.coming_soon import (
    Fetched,
    count_coming_soon,
    fetch_releases,
    fetch_upcoming,
    make_coming_soon,
)
from catalog_assets.streaming.store import Store
from catalog_assets.tables import column_schema
from resources.client import ServiceClient
from resources.dagster_resources import SourceDatabase, Tmdb, Watchmode
from resources.errors import SettingsError
from resources.event_loop import run
from resources.settings import load_settings

DAY_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=74), warn_window=timedelta(hours=26))
COMING_SOON = dg.AssetKey(["streaming", "coming_soon"])

_daily = partial(
    dg.asset,
    partitions_def=streaming_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    freshness_policy=DAY_FRESHNESS,
    group_name="streaming",
    owners=["team:catalogue"],
)
"""An asset of what is coming. It tells of the present, whichever day is materialized."""

Ask = Callable[[ServiceClient, Store], Coroutine[Any, Any, Fetched]]


@_daily(
    key=["streaming", "coming_soon_pages"],
    description="Pages of what is coming: TMDB's lists of upcoming films in each region, and Watchmode's releases of"
    " the next 30 days, which cost it a unit a day. A service that is down leaves the other alone.",
    pool="tmdb",
    kinds={"python", "postgres"},
    tags={"service": "streaming", "layer": "pages"},
    metadata={"dagster/table_name": "source.streaming.pages"},
)
def coming_soon_pages(
    context: dg.AssetExecutionContext,
    config: AskingConfig,
    source: SourceDatabase,
    tmdb: Tmdb,
    watchmode: Watchmode,
) -> dg.MaterializeResult[None]:
    """Asks each service that is on for what is past its time to live."""
    asking: dict[str, tuple[Tmdb | Watchmode, Ask]] = {}
    done: dict[str, Fetched] = {}
    figures: dict[str, dict[str, float]] = {}
    with step(context), source.database() as database:
        settings = load_settings()
        if settings.tmdb is not None:
            asking["tmdb"] = tmdb, partial(fetch_upcoming, regions=settings.regions, force=config.force)
        if settings.watchmode is not None:
            asking["watchmode"] = watchmode, partial(fetch_releases, force=config.force)
        if not asking:
            raise SettingsError("Nobody is asked what is coming: set TMDB_API_KEY or WATCHMODE_API_KEY.")
        for name, (service, ask) in asking.items():
            client = service.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
            done[name], figures[name] = run(asked(context, database, client, ask))
    problems = [problem for each in done.values() for problem in each.problems]
    for problem in problems:
        context.log.warning("an answer is not as it should be: %s", problem)
    return dg.MaterializeResult(
        metadata={
            **{f"{name}_pages": each.pages for name, each in done.items()},
            "problem": "; ".join(problems) or "none",
            **of_services(figures),
        }
    )


@_daily(
    key=COMING_SOON,
    description="What is about to come in each region, films and the next episode or season of series, with the"
    " services that announced it. Read it as `coming_soon_releases`, which leaves out what has come since.",
    deps=[
        ["streaming", "coming_soon_pages"],
        ["streaming", "id_mappings"],
        ["streaming", "availability"],
        ["tmdb", "works"],
        ["tmdb", "seasons"],
    ],
    kinds={"postgres", "table"},
    tags={"service": "streaming", "layer": "table"},
    metadata={"dagster/table_name": "source.streaming.coming_soon"},
)
def coming_soon(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Makes the table anew, in one transaction."""
    with step(context), source.database() as database:
        with database.connection(autocommit=True) as connection:
            made = make_coming_soon(connection, regions=load_settings().regions, run_id=context.run.run_id)
        with database.connection() as connection:
            counts = count_coming_soon(connection)
            columns = column_schema(connection, "streaming.coming_soon_releases")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": made.rows,
            "dagster/column_schema": columns,
            "films": counts.films,
            "series": counts.series,
            "with_announced_services": counts.with_announced_services,
            "releases": made.releases,
            "releases_without_tmdb_id": made.unmapped,
            "dates_superseded": counts.dates_superseded,
            "rows_rejected": made.rejected,
            "pages": made.pages,
            "made_at": dg.MetadataValue.timestamp(made.made_at),
        }
    )


coming_soon_assets = [coming_soon_pages, coming_soon]
"""What is coming soon."""
