"""What must hold of Watchmode's ids and budget; docs/checks.md says what to do when a check fails."""

from collections.abc import Mapping, Sequence

import dagster as dg

from catalog_assets.offenders import Check, checks_of, found_by

ID_MAPPINGS = dg.AssetKey(["streaming", "id_mappings"])
WATCHMODE_PAGES = dg.AssetKey(["streaming", "watchmode_pages"])

ID_MAPPINGS_CHECKS = (
    Check(
        "mapping_within_bounds",
        "The newest file of ids was loaded, and the table has as many rows as it names titles.",
        found_by("streaming/checks/mapping_within_bounds"),
    ),
    Check(
        "mapping_is_fresh",
        "Watchmode confirmed the ids within three days.",
        found_by("streaming/checks/mapping_is_fresh"),
        blocking=False,
    ),
    Check(
        "mappings_are_unique",
        "No title has two ids of Watchmode's, and no two titles share one.",
        found_by("streaming/checks/mappings_are_unique"),
        blocking=False,
    ),
)

WATCHMODE_PAGES_CHECKS = (
    Check(
        "budget_never_exceeded",
        "No more units were used than there are, and nothing was asked without one.",
        found_by("streaming/checks/budget_never_exceeded"),
    ),
    Check(
        "watchmode_is_asked",
        "Watchmode answered within the last day.",
        found_by("streaming/checks/watchmode_is_asked"),
        blocking=False,
    ),
)

CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {
    ID_MAPPINGS: ID_MAPPINGS_CHECKS,
    WATCHMODE_PAGES: WATCHMODE_PAGES_CHECKS,
}
"""The checks of each asset."""

watchmode_checks = [checks_of(asset, f"{asset.path[-1]}_checks", checks) for asset, checks in CHECKS.items()]
"""The checks of Watchmode's assets."""
