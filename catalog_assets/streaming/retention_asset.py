"""The asset of streaming's kept answers. It is a state, not a window, so it has no partitions."""

import dagster as dg
import psycopg

from catalog_assets.offenders import Check, checks_of, found_by
from catalog_assets.steps import step
from catalog_assets.streaming.retention import (
    Kept,
    kept_though_off,
    read_kept,
    remove_superseded,
    remove_tmdb,
    remove_trakt,
    remove_watchmode,
)
from catalog_assets.tmdb.assets import DAY_FRESHNESS, OWNERS
from resources.dagster_resources import SourceDatabase
from resources.settings import load_settings

RETAINED_ANSWERS = dg.AssetKey(["streaming", "retained_pages"])


@dg.asset(
    key=RETAINED_ANSWERS,
    description="The stored answers of TMDB, Watchmode and Trakt about trending, availability and what is coming, and "
    "what was made from them, without what their terms do not allow to keep any longer.",
    deps=[["streaming", "trending_entries"], ["streaming", "availability"], ["streaming", "coming_soon"]],
    freshness_policy=DAY_FRESHNESS,
    group_name="streaming",
    owners=OWNERS,
    kinds={"postgres"},
    tags={"service": "streaming", "layer": "pages"},
    metadata={"dagster/table_name": "source.streaming.pages"},
)
def retained_answers(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Removes what is past keeping, a source at a time; all that came from Watchmode or Trakt where they are off."""
    with step(context), source.database() as database:
        settings = load_settings()
        run_id, regions = context.run.run_id, settings.regions
        with database.connection(autocommit=True) as connection:
            removed = {
                "watchmode": remove_watchmode(
                    connection, is_off=settings.watchmode is None, regions=regions, run_id=run_id
                ),
                "tmdb": remove_tmdb(connection, regions=regions, run_id=run_id),
                "trakt": remove_trakt(connection, is_off=settings.trakt is None),
                "superseded": remove_superseded(connection),
            }
        with database.connection() as connection:
            kept = read_kept(connection)
    pages = [each for each in kept if each.table_name.endswith(".pages")]
    oldest = {each.source: dg.MetadataValue.timestamp(each.oldest) for each in pages if each.oldest is not None}
    return dg.MaterializeResult(
        metadata={
            **{f"{name}_pages_removed": each.pages for name, each in removed.items()},
            **{f"{name}_rows_removed": each.rows for name, each in removed.items() if name != "superseded"},
            "bytes_freed": sum(each.bytes for each in removed.values()),
            **{f"oldest_answer_of_{name}": at for name, at in oldest.items()},
            "kept": dg.MetadataValue.md(_shown(kept)),
            "dagster/row_count": sum(each.rows for each in pages),
        }
    )


def _shown(kept: list[Kept]) -> str:
    rows = (
        f"| {each.table_name} | {each.source} | {each.kept_for.days} | {each.rows} | {each.oldest or ''} |"
        for each in kept
        if each.rows
    )
    return "\n".join(("| table | source | days allowed | rows | oldest |", "| --- | --- | --- | --- | --- |", *rows))


def _though_off(connection: psycopg.Connection) -> list[str]:
    settings = load_settings()
    return kept_though_off(connection, watchmode_is_off=settings.watchmode is None, trakt_is_off=settings.trakt is None)


RETAINED_CHECKS = (
    Check(
        "nothing_kept_too_long",
        "Nothing is older than its source's terms allow: 30 days of Watchmode, 180 of TMDB.",
        found_by("streaming/checks/nothing_kept_too_long"),
    ),
    Check(
        "every_table_has_a_rule",
        "Every table that may hold data of a source has a rule how long.",
        found_by("streaming/checks/every_table_has_a_rule"),
    ),
    Check(
        "nothing_kept_of_what_is_off",
        "Nothing is kept of Watchmode once its key is withdrawn, nor of Trakt where it is off.",
        _though_off,
    ),
)

retained_answers_checks = checks_of(RETAINED_ANSWERS, "streaming_retention_checks", RETAINED_CHECKS)
