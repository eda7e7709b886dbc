"""What must hold of providers and of where titles can be watched; docs/checks.md says what to do when a check fails."""

from collections.abc import Mapping, Sequence

import dagster as dg

from catalog_assets.offenders import Check, checks_of, found_by

AVAILABILITY = dg.AssetKey(["streaming", "availability"])

AVAILABILITY_CHECKS = (
    Check(
        "regions_are_known",
        "Every region of an offer is a country that TMDB or the list of currencies has.",
        found_by("streaming/checks/regions_are_known"),
    ),
    Check(
        "listings_have_providers",
        "The provider of every offer is known.",
        found_by("streaming/checks/listings_have_providers"),
    ),
    Check(
        "no_offer_twice",
        "No title is offered twice by one provider in one region, way and quality: all of Watchmode's titles and a"
        " hundred of TMDB's are looked at.",
        found_by("streaming/checks/no_offer_twice"),
    ),
    Check(
        "offers_are_merged",
        "The offers of every work are those of its present content.",
        found_by("streaming/checks/offers_are_merged"),
    ),
    Check(
        "offer_types_are_known",
        "Every offer's type is one of those that are known.",
        found_by("streaming/checks/offer_types_are_known"),
        blocking=False,
    ),
    Check(
        "prices_have_currencies",
        "The currency of every price is known.",
        found_by("streaming/checks/prices_have_currencies"),
        blocking=False,
    ),
)

CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {AVAILABILITY: AVAILABILITY_CHECKS}
"""The checks of each table."""

availability_checks = [
    checks_of(asset, f"streaming_{asset.path[-1]}_checks", checks) for asset, checks in CHECKS.items()
]
