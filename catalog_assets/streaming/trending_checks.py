"""What must hold of what is trending after every hour; docs/checks.md says what to do when a check fails."""

from collections.abc import Mapping, Sequence
from typing import LiteralString

import dagster as dg
import psycopg

from catalog_assets.offenders import Check, Find, checks_of, found_by
from catalog_assets.streaming.trending import TMDB_LISTS, Lists

TRENDING_ENTRIES = dg.AssetKey(["streaming", "trending_entries"])


def checks_of_lists(lists: Lists) -> tuple[Check, ...]:
    """The checks of the snapshots made of a service's lists."""
    return (
        Check(
            "ranks_have_no_holes",
            "The ranks of every snapshot of the last day are 1, 2 … without a hole, and there are some.",
            _found(lists, "checks/ranks_have_no_holes"),
        ),
        Check(
            "no_title_is_ranked_twice",
            "No title stands twice in a snapshot of the last day.",
            _found(lists, "checks/no_title_is_ranked_twice"),
        ),
        Check(
            "entries_have_sources",
            "Every entry of the last day is named by a list of its sources, and its score is the sum of theirs.",
            found_by(f"{lists.schema}/checks/entries_have_sources"),
        ),
        Check(
            "trending_is_fresh",
            "What is trending now rests on answers within their time to live.",
            _found(lists, "checks/trending_is_fresh"),
            blocking=False,
        ),
    )


def _found(lists: Lists, name: LiteralString) -> Find:
    def find(connection: psycopg.Connection) -> Sequence[str]:
        return [str(row[0]) for row in connection.execute(lists.statement(name))]

    return find


TRENDING_CHECKS: Mapping[dg.AssetKey, Sequence[Check]] = {TRENDING_ENTRIES: checks_of_lists(TMDB_LISTS)}
"""The checks of TMDB's snapshots."""

trending_checks = [checks_of(asset, "streaming_trending_checks", checks) for asset, checks in TRENDING_CHECKS.items()]
