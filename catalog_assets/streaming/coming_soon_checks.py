"""What must hold of what is coming after every merge; docs/checks.md says what to do when a check fails."""

from catalog_assets.offenders import Check, checks_of, found_by
from catalog_assets.streaming.coming_soon_assets import COMING_SOON

COMING_SOON_CHECKS = (
    Check(
        "no_past_date",
        "Nothing is coming that has a date of the merge's day or before, and nothing that has come is shown.",
        found_by("streaming/checks/no_past_date"),
    ),
    Check(
        "nothing_comes_twice",
        "Every title stands once for each source and region.",
        found_by("streaming/checks/nothing_comes_twice"),
    ),
    Check(
        "releases_have_sources",
        "Every row names its sources, rests on what they say now, and is of a region that was asked for.",
        found_by("streaming/checks/releases_have_sources"),
    ),
    Check(
        "coming_soon_is_fresh",
        "What is coming rests on answers within their time to live.",
        found_by("streaming/checks/coming_soon_is_fresh"),
        blocking=False,
    ),
)

coming_soon_checks = checks_of(COMING_SOON, "streaming_coming_soon_checks", COMING_SOON_CHECKS)
