"""The assets of TMDB's films: lists and the feed of changes say what to fetch, details are fetched, works are made.

The first three ask TMDB and store pages; the tables of works are written by the last one alone, from pages.
"""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import dagster as dg
from pydantic import Field

from catalog_assets.partitions import tmdb_days
from catalog_assets.steps import step
from catalog_assets.tables import column_schema
from catalog_assets.tmdb.changes import ChangedDay, read_changed_day
from catalog_assets.tmdb.discovery import SOURCES, Discovered, discover, want
from catalog_assets.tmdb.merge import merge_details
from catalog_assets.tmdb.refresh import Refreshed, refresh
from catalog_assets.tmdb.run_log import logged_run
from catalog_assets.tmdb.store import Store, opened_store
from catalog_assets.tmdb.tables import row_counts
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

_of_a_day = partial(
    dg.asset,
    partitions_def=tmdb_days,
    backfill_policy=dg.BackfillPolicy.single_run(),
    group_name=GROUP,
    owners=OWNERS,
)
_asking = partial(
    _of_a_day, pool=POOL, kinds={"python", "postgres"}, tags={"service": "tmdb", "layer": "pages"}, metadata=PAGES
)
"""An asset that asks TMDB and stores pages."""

T = TypeVar("T")


class ListsConfig(dg.Config):
    """Which lists a run reads, and how many new titles it may add."""

    source: str = Field(default="all", description=f"One of: {', '.join(SOURCES)}.")
    max_movies: int = Field(
        default=20, ge=0, description="New films to keep at most; pages are read until so many are found."
    )


class DetailsConfig(dg.Config):
    """What a run fetches beside what is due."""

    tmdb_ids: list[int] | None = Field(default=None, description="These films alone; they are kept from now on.")
    force: bool = Field(default=False, description="Whatever their age, and as a whole answer.")
    every: bool = Field(default=False, description="Every film that is kept, whatever its age.")
    most: int | None = Field(default=None, ge=0, description="So many at most; everything due if left out.")


@_asking(
    key=["tmdb", "title_lists"],
    description="Pages of TMDB's lists of films, and the new films that they made us keep.",
    freshness_policy=WEEK_FRESHNESS,
)
def title_lists(
    context: dg.AssetExecutionContext, config: ListsConfig, source: SourceDatabase, tmdb: Tmdb
) -> dg.MaterializeResult[None]:
    """Reads lists until enough new films are found."""

    async def reading(client: TmdbClient, store: Store) -> Discovered:
        found = await discover(client, store, source=config.source, max_movies=config.max_movies)
        await store.rows("log_looked_at", {"run_id": store.run_id, "source": config.source, "fresh": 0})
        return found

    with step(context), source.database() as database, logged_run(database, context, config.source) as ended:
        found, counts = run(_asked(context, database, tmdb, reading))
        ended.problem = found.problem
    if found.problem is not None:
        context.log.error("a list was not read to where it should be: %s", found.problem)
    return dg.MaterializeResult(
        metadata={
            "source": config.source,
            "pages": found.pages,
            "films_checked": found.checked,
            "films_added": found.added,
            "rows_rejected": found.rejected,
            "problem": found.problem or "none",
            **counts,
        }
    )


@_asking(
    key=["tmdb", "title_changes"],
    description="Pages of TMDB's feed of changed films, by the day (UTC) of the change.",
    freshness_policy=DAY_FRESHNESS,
)
def title_changes(context: dg.AssetExecutionContext, source: SourceDatabase, tmdb: Tmdb) -> dg.MaterializeResult[None]:
    """Reads the days of the run's partitions one by one; films that are kept become due."""
    window = context.partition_time_window
    days = [window.start.date() + timedelta(days=n) for n in range((window.end - window.start).days)]

    async def reading(client: TmdbClient, store: Store) -> dict[date, ChangedDay]:
        return {day: await read_changed_day(client, store, day) for day in days}

    with step(context), source.database() as database, logged_run(database, context, "due") as ended:
        read, counts = run(_asked(context, database, tmdb, reading))
        problems = [each.problem for each in read.values() if each.problem is not None]
        ended.problem = "; ".join(problems) or None
    for problem in problems:
        context.log.error("a day of the feed does not count as read: %s", problem)
    return dg.MaterializeResult(
        metadata={
            "days": len(days),
            "pages": sum(each.pages for each in read.values()),
            "films_changed": sum(each.ids for each in read.values()),
            "rows_rejected": sum(each.rejected for each in read.values()),
            "problem": ended.problem or "none",
            **counts,
        }
    )


@_asking(
    key=["tmdb", "title_details"],
    description="Pages of films' details: one request a film with everything appended, for what is due.",
    deps=[["tmdb", "title_lists"], ["tmdb", "title_changes"]],
    freshness_policy=DAY_FRESHNESS,
)
def title_details(
    context: dg.AssetExecutionContext, config: DetailsConfig, source: SourceDatabase, tmdb: Tmdb
) -> dg.MaterializeResult[None]:
    """Fetches what is due, the most urgent first; what is asked for by id or forced is due at once."""

    async def fetching(client: TmdbClient, store: Store) -> Refreshed:
        only = None
        if config.tmdb_ids is not None:
            only = await want(store, config.tmdb_ids, wanted_by="ids")
        if config.every:
            await store.rows("force_every", {"media_type": "movie"})
        elif config.force and only is not None:
            await store.rows("force_titles", {"work_ids": only})
        done = await refresh(client, store, only=only, most=config.most)
        fresh = 0 if only is None else len(only) - done.requests
        await store.rows("log_looked_at", {"run_id": store.run_id, "source": what, "fresh": fresh})
        return done

    what = "every" if config.every else "ids" if config.tmdb_ids is not None else "due"
    with step(context), source.database() as database, logged_run(database, context, what) as ended:
        done, counts = run(_asked(context, database, tmdb, fetching))
        if done.left and config.tmdb_ids is not None:
            ended.problem = f"{done.left} of the films asked for are still due"
        elif done.incomplete:
            ended.problem = f"{done.incomplete} films lack a block of their details"
        with database.connection() as connection:
            rows = row_counts(connection)
    return dg.MaterializeResult(
        metadata={
            "films_fetched": done.fetched,
            "films_unchanged": done.unchanged,
            "films_gone": done.gone,
            "films_failed": done.failed,
            "films_incomplete": done.incomplete,
            "films_waited_for": done.waited_for,
            "films_still_due": rows.due,
            **counts,
        }
    )


@_of_a_day(
    key=["tmdb", "works"],
    description="Films as TMDB knows them, with ratings, scores, similar films and cards.",
    deps=[["tmdb", "title_details"]],
    freshness_policy=DAY_FRESHNESS,
    kinds={"postgres", "table"},
    tags={"service": "tmdb", "layer": "table"},
    metadata={"dagster/table_name": "source.tmdb.works"},
)
def works(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Merges every page of details that was not merged yet, all tables of a work in one transaction."""
    with step(context), source.database() as database, logged_run(database, context, "due"):
        with database.connection(autocommit=True) as connection:
            merged = merge_details(connection, run_id=context.run.run_id)
        with database.connection() as connection:
            rows = row_counts(connection)
            columns = column_schema(connection, "tmdb.works")
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": rows.titles,
            "dagster/partition_row_count": merged.inserted + merged.updated + merged.unchanged,
            "dagster/column_schema": columns,
            "pages": merged.pages,
            "inserted": merged.inserted,
            "updated": merged.updated,
            "unchanged": merged.unchanged,
            "rejected": merged.rejected,
            "gone": merged.gone,
            "cards_written": merged.cards,
            "works": rows.works,
            "cards": rows.cards,
            "merged_at": dg.MetadataValue.timestamp(merged.merged_at),
        }
    )


tmdb_assets = [title_lists, title_changes, title_details, works]
"""From what to fetch to what is known."""


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
