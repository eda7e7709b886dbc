"""The asset of the kept pages. It is a state, not a window, so it has no partitions."""

import dagster as dg

from catalog_assets.hotstar.assets import DAY_FRESHNESS, GROUP, OWNERS
from catalog_assets.hotstar.kinds import KINDS
from catalog_assets.hotstar.retention import Policy, count_bodies, remove_pages
from resources.dagster_resources import SourceDatabase
from resources.settings import load_settings

RETAINED_PAGES = dg.AssetKey(["hotstar", "retained_pages"])


@dg.asset(
    key=RETAINED_PAGES,
    description="The stored pages, without the bodies of those past the policy on which nothing rests.",
    deps=[["hotstar", kind.plural] for kind in KINDS.values()],
    freshness_policy=DAY_FRESHNESS,
    group_name=GROUP,
    owners=OWNERS,
    kinds={"postgres"},
    tags={"service": "hotstar", "layer": "pages"},
    metadata={"dagster/table_name": "source.hotstar.pages"},
)
def retained_pages(context: dg.AssetExecutionContext, source: SourceDatabase) -> dg.MaterializeResult[None]:
    """Removes bodies kind by kind; the metadata tells what went and what is left."""
    settings = load_settings()
    policy = Policy(update_days=settings.keep_update_pages_days, censuses=settings.keep_censuses)
    with source.database() as database, database.connection(autocommit=True) as connection:
        removed = {kind: remove_pages(connection, kind, policy, run_id=context.run.run_id) for kind in KINDS.values()}
        kept = count_bodies(connection)
    for kind in (kind for kind, each in removed.items() if each.left):
        context.log.warning("a merge or a replay of %s did not end: the next run goes on with them", kind.plural)
    return dg.MaterializeResult(
        metadata={
            "pages_removed": sum(each.pages for each in removed.values()),
            "bytes_freed": sum(each.bytes for each in removed.values()),
            "pages_needed": sum(each.due - each.pages - each.left for each in removed.values()),
            "pages_left": sum(each.left for each in removed.values()),
            "pages_kept": kept.bodies,
            "bytes_kept": kept.bytes,
            "dagster/row_count": kept.pages,
        }
    )
