"""The checks of streaming and of what comes from Trakt, by asset; docs/checks.md says what to do when one fails."""

from collections.abc import Mapping, Sequence

import dagster as dg

from catalog_assets.offenders import Check
from catalog_assets.streaming.availability_checks import CHECKS as AVAILABILITY_CHECKS
from catalog_assets.streaming.availability_checks import availability_checks
from catalog_assets.streaming.coming_soon_assets import COMING_SOON
from catalog_assets.streaming.coming_soon_checks import COMING_SOON_CHECKS, coming_soon_checks
from catalog_assets.streaming.retention_asset import RETAINED_ANSWERS, RETAINED_CHECKS, retained_answers_checks
from catalog_assets.streaming.trending_checks import TRENDING_CHECKS, trending_checks
from catalog_assets.streaming.watchmode_checks import CHECKS as WATCHMODE_CHECKS
from catalog_assets.streaming.watchmode_checks import watchmode_checks
from catalog_assets.trakt.trending_checks import TRAKT_TRENDING_CHECKS, trakt_trending_checks

CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {
    **TRENDING_CHECKS,
    **TRAKT_TRENDING_CHECKS,
    **WATCHMODE_CHECKS,
    **AVAILABILITY_CHECKS,
    COMING_SOON: COMING_SOON_CHECKS,
    RETAINED_ANSWERS: RETAINED_CHECKS,
}
"""The checks of each asset."""

streaming_checks = [
    *trending_checks,
    *trakt_trending_checks,
    *watchmode_checks,
    *availability_checks,
    coming_soon_checks,
    retained_answers_checks,
]
