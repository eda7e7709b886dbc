"""Figures by day: what was on offer, what came and what went."""

# ruff: noqa: S608 - the names in these queries are those of the descriptions

from collections import Counter
from datetime import date, timedelta
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.hotstar.figures import write_figures
from catalog_assets.hotstar.kinds import CHANNEL, EPISODE, KINDS, MOVIE, Kind
from tests.hotstar.stored import START, empty, item_of, rows, store_items
from tests.hotstar.test_history import ENDS, merged_at

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
FIRST = date(2026, 11, 2)
"""START is half past five in the morning of this day in India."""

FIGURES = "SELECT dimension, value, active, added, removed, restored FROM daily_figures"


def lived(connection: psycopg.Connection, kind: Kind, day: int, *items: dict[str, Any]) -> None:
    """A day in which these items are listed and merged before noon."""
    store_items(connection, items, at=START + day * DAY, kind=kind)
    merged_at(connection, kind, START + day * DAY + HOUR)


def test_what_came_and_went_is_counted_in_its_day(source: psycopg.Connection) -> None:
    gone = {"assetStatus": "UNPUBLISHED"}
    lived(source, MOVIE, 0, *(item_of(MOVIE, n, lang=["Hindi", "Tamil"]) for n in range(3)), item_of(MOVIE, 3, **gone))
    lived(source, MOVIE, 1, item_of(MOVIE, 0, lang=["Hindi"], **gone))
    lived(source, MOVIE, 2, item_of(MOVIE, 0, lang=["Hindi"]), item_of(MOVIE, 9, premium=False, genre=None))
    figures = []
    for day in range(4):
        write_figures(source, FIRST + day * DAY)
        figures.append(set(rows(source, f"{FIGURES} WHERE day = %s", FIRST + day * DAY)))
    assert figures == [
        {
            ("all", "", 3, 3, 0, 0),
            ("language", "Hindi", 3, 3, 0, 0),
            ("language", "Tamil", 3, 3, 0, 0),
            ("genre", "Drama", 3, 3, 0, 0),
            ("premium", "true", 3, 3, 0, 0),
        },
        {
            ("all", "", 2, 0, 1, 0),
            ("language", "Hindi", 2, 0, 1, 0),
            ("language", "Tamil", 2, 0, 0, 0),
            ("genre", "Drama", 2, 0, 1, 0),
            ("premium", "true", 2, 0, 1, 0),
        },
        {
            ("all", "", 4, 1, 0, 1),
            ("language", "Hindi", 3, 0, 0, 1),
            ("language", "Tamil", 2, 0, 0, 0),
            ("genre", "Drama", 3, 0, 0, 1),
            ("premium", "true", 3, 0, 0, 1),
            ("premium", "false", 1, 1, 0, 0),
        },
        {
            ("all", "", 4, 0, 0, 0),
            ("language", "Hindi", 3, 0, 0, 0),
            ("language", "Tamil", 2, 0, 0, 0),
            ("genre", "Drama", 3, 0, 0, 0),
            ("premium", "true", 3, 0, 0, 0),
            ("premium", "false", 1, 0, 0, 0),
        },
    ]


def test_a_day_is_one_in_india(source: psycopg.Connection) -> None:
    midnight = START - 5 * HOUR - HOUR / 2
    store_items(source, [item_of(MOVIE, 1)], at=midnight - HOUR / 60)
    store_items(source, [item_of(MOVIE, 2)], at=midnight)
    merged_at(source, MOVIE, START)
    for day in (FIRST - DAY, FIRST):
        write_figures(source, day)
    assert rows(source, "SELECT day, active, added FROM daily_figures WHERE dimension = 'all' ORDER BY day") == [
        (FIRST - DAY, 1, 1),
        (FIRST, 2, 1),
    ]


def test_kinds_are_counted_apart_and_fields_of_no_use_are_left_out(source: psycopg.Connection) -> None:
    lived(
        source, CHANNEL, 0, {"id": 1, "contentId": 1, "name": "One", "lang": "Hindi", "genre": [None], "premium": "?"}
    )
    lived(source, EPISODE, 0, item_of(EPISODE, 1, genre=["Drama", "Drama"]))
    assert write_figures(source, FIRST) == 4
    assert rows(source, "SELECT kind, dimension, value, active FROM daily_figures ORDER BY 1, 2") == [
        ("channel", "all", "", 1),
        ("episode", "all", "", 1),
        ("episode", "genre", "Drama", 1),
        ("episode", "premium", "true", 1),
    ]


CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "lang": st.lists(st.sampled_from(["Hindi", "Tamil"]), max_size=3),
        "premium": st.sampled_from([True, False, None]),
        "assetStatus": st.sampled_from(["PUBLISHED", "UNPUBLISHED"]),
        "endDate": st.sampled_from([ENDS, 5]),
    },
)
PAGE = st.tuples(st.sampled_from(["census", "update"]), st.dictionaries(st.integers(0, 4), CHANGES, max_size=5))
DAYS = st.lists(st.lists(PAGE, max_size=3), min_size=1, max_size=5)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(list(KINDS.values())), days=DAYS)
def test_figures_made_late_are_what_the_tables_showed_each_evening(
    source: psycopg.Connection, kind: Kind, days: list[list[tuple[str, dict[int, dict[str, Any]]]]]
) -> None:
    empty(source)
    evenings = []
    for day, pages in enumerate(days):
        for place, (purpose, items) in enumerate(pages):
            at = START + day * DAY + place * 2 * HOUR
            store_items(source, [item_of(kind, n, **f) for n, f in items.items()], purpose=purpose, at=at, kind=kind)
            merged_at(source, kind, at + HOUR)
        evenings.append(
            Counter(
                key
                for lang, premium in rows(
                    source,
                    f"SELECT raw_response -> 'lang', raw_response -> 'premium' FROM {kind.view} WHERE NOT is_deleted",
                )
                for key in {
                    ("all", ""),
                    *(("language", name) for name in lang or []),
                    *([("premium", str(premium).lower())] if premium is not None else []),
                }
            )
        )
    for day in [*range(len(days)), *range(len(days))]:  # a day made again has the same rows
        write_figures(source, FIRST + day * DAY)
    before = 0
    for day, shown in enumerate(evenings):
        found = rows(source, f"{FIGURES} WHERE day = %s AND kind = %s", FIRST + day * DAY, kind.name)
        active = {(row[0], row[1]): row[2] for row in found if row[0] != "genre" and row[2]}
        assert active == dict(shown)
        (_, _, now, added, removed, restored) = next((row for row in found if row[0] == "all"), (0,) * 6)
        assert now - before == added - removed + restored
        before = now
