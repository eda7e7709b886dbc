"""The asset of TMDB's kept answers. It is a state, not a window, so it has no partitions."""

import dagster as dg

from catalog_assets.offenders import Check, checks_of, found_by
from catalog_assets.steps import step
from catalog_assets.tmdb.assets import DAY_FRESHNESS, GROUP, OWNERS, PAGES
from catalog_assets.tmdb.images import ImagesKept, clear_out, count_images, sole_keeper
from catalog_assets.tmdb.retention import count_pages, remove_expired
from resources.dagster_resources import Images, SourceDatabase

RETAINED_ANSWERS = dg.AssetKey(["tmdb", "retained_pages"])


@dg.asset(
    key=RETAINED_ANSWERS,
    description="TMDB's stored answers, without those that its terms do not allow to keep any longer.",
    deps=[["tmdb", "works"]],
    freshness_policy=DAY_FRESHNESS,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    tags={"service": "tmdb", "layer": "pages"},
    metadata=PAGES,
)
def retained_answers(
    context: dg.AssetExecutionContext, source: SourceDatabase, images: Images
) -> dg.MaterializeResult[None]:
    """Removes what is past keeping, and the images of what went; the metadata tells what went and what is left."""
    done = ImagesKept()
    with step(context), source.database() as database:
        with database.connection(autocommit=True) as connection:
            removed = remove_expired(connection)
            if count_images(connection).known:
                with sole_keeper(connection):
                    clear_out(connection, images.store(connection), is_on=images.is_on(), done=done)
        with database.connection() as connection:
            kept = count_pages(connection)
    return dg.MaterializeResult(
        metadata={
            "works_removed": removed.works,
            "pages_removed": removed.pages,
            "images_removed": done.removed,
            "bytes_freed": removed.bytes,
            "bytes_kept": kept.bytes,
            "oldest_answer": dg.MetadataValue.timestamp(kept.oldest) if kept.oldest else "none",
            "dagster/row_count": kept.pages,
        }
    )


RETAINED_CHECKS = (
    Check(
        "nothing_kept_too_long",
        "Nothing of TMDB is older than 180 days: its terms allow six months.",
        found_by("tmdb/checks/nothing_kept_too_long"),
    ),
)

retained_answers_checks = checks_of(RETAINED_ANSWERS, "tmdb_retention_checks", RETAINED_CHECKS)
