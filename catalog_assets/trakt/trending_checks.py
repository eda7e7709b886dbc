"""What must hold of what is trending on Trakt after every hour: as of TMDB's, in schema trakt."""

from collections.abc import Mapping, Sequence

import dagster as dg

from catalog_assets.offenders import Check, checks_of
from catalog_assets.streaming.trending_checks import checks_of_lists
from catalog_assets.trakt.trending import TRAKT_LISTS

TRAKT_TRENDING_ENTRIES = dg.AssetKey(["trakt", "trending_entries"])

TRAKT_TRENDING_CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {TRAKT_TRENDING_ENTRIES: checks_of_lists(TRAKT_LISTS)}
"""The checks of Trakt's snapshots."""

trakt_trending_checks = [
    checks_of(asset, "trakt_trending_checks", checks) for asset, checks in TRAKT_TRENDING_CHECKS.items()
]
