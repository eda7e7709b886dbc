"""What must hold of TMDB's works after every merge; docs/checks.md says what to do when a check fails."""

import dagster as dg

from catalog_assets.offenders import Check, checks_of, found_by

WORKS = dg.AssetKey(["tmdb", "works"])

WORKS_CHECKS = (
    Check(
        "works_have_contents",
        "Every film with a merged page of details has its tables made from the newest one.",
        found_by("tmdb/checks/works_have_contents"),
    ),
    Check(
        "every_title_kept",
        "Every film that was fetched is among the titles that are kept.",
        found_by("tmdb/checks/every_title_kept"),
    ),
    Check(
        "cards_match",
        "Every work has a card that says what its tables say, under the tag of its content.",
        found_by("tmdb/checks/cards_match"),
    ),
    Check(
        "scores_have_ratings",
        "Every rating has a score of each method, from 0 to 100 and within its range; no score lacks a rating.",
        found_by("tmdb/checks/scores_have_ratings"),
    ),
    Check(
        "few_are_gone",
        "No more than ten films, or a twentieth of all, went within a day.",
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

works_checks = checks_of(WORKS, "tmdb_works_checks", WORKS_CHECKS)
