"""The assets that ask TMDB for films and series: lists and the feed of changes say what to fetch, details are fetched.

They store pages; the tables of works are made from these in `tables_asset`.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import dagster as dg
from pydantic import Field

from catalog_assets.partitions import tmdb_days
from catalog_assets.steps import step
from catalog_assets.tmdb.changes import ChangedDay, read_changed_day
from catalog_assets.tmdb.discovery import SOURCES, Discovered, discover, want
from catalog_assets.tmdb.refresh import Refreshed, refresh
from catalog_assets.tmdb.run_log import is_scheduled, logged_run
from catalog_assets.tmdb.shown import shown_backlog, shown_calls
from catalog_assets.tmdb.store import Store, opened_store
from resources.dagster_resources import SourceDatabase, Tmdb
from resources.databases import Database
from resources.event_loop import run
from resources.tmdb import TmdbClient

GROUP = "tmdb"
OWNERS = ["team:catalogue"]
POOL = "tmdb"
DAY_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(hours=50), warn_window=timedelta(hours=26))
WEEK_FRESHNESS = dg.FreshnessPolicy.time_window(fail_window=timedelta(days=9), warn_window=timedelta(days=8))
PAGES = {"dagster/table_name": "source.tmdb.pages"}

_asking = partial(
    dg.asset,
    partitions_def=tmdb_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    pool=POOL,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"python", "postgres"},
    tags={"service": "tmdb", "layer": "pages"},
    metadata=PAGES,
)
"""An asset that asks TMDB and stores pages."""

T = TypeVar("T")


class ListsConfig(dg.Config):
    """Which lists a run reads, and how many new titles it may add."""

    source: str = Field(default="all", description=f"One of: {', '.join(SOURCES)}.")
    max_movies: int = Field(
        default=20, ge=0, description="New films to keep at most; pages are read until so many are found."
    )
    max_series: int = Field(default=20, ge=0, description="New series to keep at most, likewise.")


class DetailsConfig(dg.Config):
    """What a run fetches beside what is due."""

    tmdb_ids: list[int] | None = Field(default=None, description="These films alone; they are kept from now on.")
    series_ids: list[int] | None = Field(default=None, description="These series alone, or beside these films.")
    force: bool = Field(default=False, description="Whatever their age, and as a whole answer.")
    every: bool = Field(default=False, description="Every film and series that is kept, whatever its age.")
    most: int | None = Field(default=None, ge=0, description="So many at most; everything due if left out.")


@_asking(
    key=["tmdb", "title_lists"],
    description="Pages of TMDB's lists of films and series, and the new titles that they made us keep.",
    freshness_policy=WEEK_FRESHNESS,
)
def title_lists(
    context: dg.AssetExecutionContext, config: ListsConfig, source: SourceDatabase, tmdb: Tmdb
) -> dg.MaterializeResult[None]:
    """Reads lists until enough new films and series are found."""

    async def reading(client: TmdbClient, store: Store) -> tuple[Discovered, Discovered]:
        films = await discover(client, store, source=config.source, most=config.max_movies, media_type="movie")
        series = await discover(client, store, source=config.source, most=config.max_series, media_type="tv")
        await store.rows("log_looked_at", {"run_id": store.run_id, "source": config.source, "fresh": 0})
        return films, series

    with step(context), source.database() as database, logged_run(database, context, config.source) as ended:
        (films, series), counts = run(_asked(context, database, tmdb, reading))
        ended.problem = "; ".join(each.problem for each in (films, series) if each.problem is not None) or None
    if ended.problem is not None:
        context.log.error("a list was not read to where it should be: %s", ended.problem)
    return dg.MaterializeResult(
        metadata={
            "source": config.source,
            "pages": films.pages + series.pages,
            "films_checked": films.checked,
            "films_added": films.added,
            "series_checked": series.checked,
            "series_added": series.added,
            "rows_rejected": films.rejected + series.rejected,
            "problem": ended.problem or "none",
            **counts,
        }
    )


@_asking(
    key=["tmdb", "title_changes"],
    description="Pages of TMDB's feeds of changed films and series, by the day (UTC) of the change.",
    freshness_policy=DAY_FRESHNESS,
)
def title_changes(context: dg.AssetExecutionContext, source: SourceDatabase, tmdb: Tmdb) -> dg.MaterializeResult[None]:
    """Reads the days of the run's partitions one by one; titles that are kept become due.

    The feed of series is read once a series is kept, likewise that of films. A run of the schedule leaves out what was
    read after its day's end.
    """
    window = context.partition_time_window
    days = [window.start.date() + timedelta(days=n) for n in range((window.end - window.start).days)]

    async def reading(client: TmdbClient, store: Store) -> list[ChangedDay]:
        asked = {"days": days, "again": not is_scheduled(context.run)}
        unread = await store.rows("list_unread_days", asked)
        return [await read_changed_day(client, store, row["day"], media_type=row["media_type"]) for row in unread]

    with step(context), source.database() as database, logged_run(database, context, "due") as ended:
        read, counts = run(_asked(context, database, tmdb, reading))
        problems = [each.problem for each in read if each.problem is not None]
        ended.problem = "; ".join(problems) or None
    for problem in problems:
        context.log.error("a day of the feed does not count as read: %s", problem)
    return dg.MaterializeResult(
        metadata={
            "days": len(days),
            "pages": sum(each.pages for each in read),
            "titles_changed": sum(each.ids for each in read),
            "rows_rejected": sum(each.rejected for each in read),
            "problem": ended.problem or "none",
            **counts,
        }
    )


@_asking(
    key=["tmdb", "title_details"],
    description="Pages of details: one request a film or series with everything appended, for what is due.",
    deps=[["tmdb", "title_lists"], ["tmdb", "title_changes"]],
    freshness_policy=DAY_FRESHNESS,
)
def title_details(
    context: dg.AssetExecutionContext, config: DetailsConfig, source: SourceDatabase, tmdb: Tmdb
) -> dg.MaterializeResult[None]:
    """Fetches what is due, the most urgent first; what is asked for by id or forced is due at once."""

    async def fetching(client: TmdbClient, store: Store) -> Refreshed:
        only = None
        if is_by_id:
            films = await want(store, config.tmdb_ids or [], wanted_by="ids", media_type="movie")
            only = films + await want(store, config.series_ids or [], wanted_by="ids", media_type="tv")
        if config.every:
            await store.rows("force_every", {})
        elif config.force and only is not None:
            await store.rows("force_titles", {"work_ids": only})
        done = await refresh(client, store, only=only, most=config.most)
        fresh = 0 if only is None else len(only) - done.asked
        await store.rows("log_looked_at", {"run_id": store.run_id, "source": what, "fresh": fresh})
        return done

    is_by_id = config.tmdb_ids is not None or config.series_ids is not None
    what = "every" if config.every else "ids" if is_by_id else "due"
    with step(context), source.database() as database, logged_run(database, context, what) as ended:
        done, counts = run(_asked(context, database, tmdb, fetching))
        if done.left and is_by_id:
            ended.problem = f"{done.left} of the titles asked for are still due"
        elif done.incomplete:
            ended.problem = f"{done.incomplete} titles lack a block of their details"
        with database.connection() as connection:
            shown = {**shown_backlog(connection), **shown_calls(connection)}
    return dg.MaterializeResult(
        metadata={
            "titles_fetched": done.fetched,
            "titles_unchanged": done.unchanged,
            "titles_gone": done.gone,
            "titles_failed": done.failed,
            "titles_incomplete": done.incomplete,
            "titles_waited_for": done.waited_for,
            **shown,
            **counts,
        }
    )


tmdb_pages = [title_lists, title_changes, title_details]
"""What to fetch, and what was fetched."""


async def _asked(
    context: dg.AssetExecutionContext,
    database: Database,
    tmdb: Tmdb,
    ask: Callable[[TmdbClient, Store], Awaitable[T]],
) -> tuple[T, dict[str, float]]:
    """What came of asking TMDB, and what it took in figures that the UI plots."""
    client = tmdb.client(database, run_id=context.run.run_id, asset=context.asset_key.to_user_string())
    try:
        async with client, opened_store(database, context.run.run_id) as store:
            result = await ask(client, store)
    finally:
        await database.async_engine.dispose()
    counts = client.counts
    return result, {
        "requests": counts.requests,
        "refused": counts.refused,
        "failures": counts.failures,
        "waited_for_slots_s": round(counts.waited_s, 3),
        "slowest_answer_s": round(counts.slowest_s, 3),
        "bytes": counts.received_bytes,
    }
