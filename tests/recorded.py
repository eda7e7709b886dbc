"""Answers and titles of the real service, which lie beside the checkout where there are any; never in it."""

import csv
from typing import Any

from tests.sandbox_process import PROJECT

RECORDED = PROJECT.parent / "shared" / "recorded" / "hotstar"
TITLES = RECORDED / "hotstar_titles.csv"


def titles() -> list[dict[str, str]]:
    """The rows of the real titles."""
    with TITLES.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def film_of(row: dict[str, str]) -> dict[str, Any]:
    """A real title as an item that the sandbox takes."""
    return {
        "contentId": row["hotstar_id"],
        "title": row["title"],
        "description": row["description"],
        "genre": [row["genre"]],
        "year": int(row["year"]),
        "parentalRatingName": row["age_rating"],
        "duration": 60 * int(row["running_time"] or 0),
    }
