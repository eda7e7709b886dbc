"""What must hold of TMDB's works after every merge; docs/checks.md says what to do when a check fails."""

from collections.abc import Mapping, Sequence

import dagster as dg

from catalog_assets.offenders import Check, checks_of, found_by

WORKS = dg.AssetKey(["tmdb", "works"])
EPISODES = dg.AssetKey(["tmdb", "episodes"])
CARDS = dg.AssetKey(["tmdb", "work_cards"])

WORKS_CHECKS = (
    Check(
        "works_have_contents",
        "Every title with a merged page of details has its tables made from the newest one.",
        found_by("tmdb/checks/works_have_contents"),
    ),
    Check(
        "every_title_kept",
        "Every title that was fetched is among the titles that are kept.",
        found_by("tmdb/checks/every_title_kept"),
    ),
    Check(
        "scores_have_ratings",
        "Every rating has a score of each method, from 0 to 100 and within its range; no score lacks a rating.",
        found_by("tmdb/checks/scores_have_ratings"),
    ),
    Check(
        "few_are_gone",
        "No more than ten titles, or a twentieth of all, went within a day.",
        found_by("tmdb/checks/few_are_gone"),
    ),
    Check(
        "due_is_refreshed",
        "Everything due is fetched within a day of becoming due: capacity keeps up.",
        found_by("tmdb/checks/due_is_refreshed"),
        blocking=False,
    ),
    Check(
        "feed_has_no_hole",
        "Every day of the feed of changes was read after its end.",
        found_by("tmdb/checks/feed_has_no_hole"),
        blocking=False,
    ),
    Check(
        "answers_are_usable",
        "No answer of the last 30 days was rejected.",
        found_by("tmdb/checks/answers_are_usable"),
        blocking=False,
    ),
    Check(
        "imdb_ids_are_unique",
        "No two works bear one id of IMDb.",
        found_by("tmdb/checks/imdb_ids_are_unique"),
        blocking=False,
    ),
)

EPISODES_CHECKS = (
    Check(
        "episodes_have_seasons",
        "Every episode stands in a season, every season in a series, and every series that was merged has its row.",
        found_by("tmdb/checks/episodes_have_seasons"),
    ),
    Check(
        "few_episodes_removed",
        "No more than 50 episodes, or a twentieth of all, were removed within a day.",
        found_by("tmdb/checks/few_episodes_removed"),
    ),
    Check(
        "episodes_are_whole",
        "Every season has as many episodes as its series says.",
        found_by("tmdb/checks/episodes_are_whole"),
        blocking=False,
    ),
)

CARDS_CHECKS = (
    Check(
        "cards_match",
        "Every work has a card that says what its tables say, under the tag of its content.",
        found_by("tmdb/checks/cards_match"),
    ),
)

CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {WORKS: WORKS_CHECKS, EPISODES: EPISODES_CHECKS, CARDS: CARDS_CHECKS}
"""The checks of each table."""

tables_checks = [checks_of(asset, f"tmdb_{asset.path[-1]}_checks", checks) for asset, checks in CHECKS.items()]
