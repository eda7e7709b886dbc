"""The past: every table as it stood, and the life of one item."""

# ruff: noqa: S608 - the names in these queries are those of the descriptions

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.hotstar import merge
from catalog_assets.hotstar.kinds import ALL_KINDS, EPISODE, MOVIE, Kind
from tests.hotstar.stored import START, empty, item_of, merged, store_items

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ENDS = int((START + 60 * HOUR).timestamp())

every_kind = pytest.mark.parametrize("kind", ALL_KINDS.values(), ids=lambda kind: kind.plural)


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as connection:
        yield connection


def rows(connection: psycopg.Connection, query: str, *values: Any) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode(), values).fetchall()


def set_clock(connection: psycopg.Connection, at: datetime) -> None:
    """Merges decide by this instant from now on."""
    connection.execute(
        "CREATE OR REPLACE FUNCTION ops.now() RETURNS timestamptz LANGUAGE sql VOLATILE"
        f" AS $$ SELECT '{at.isoformat()}'::timestamptz $$".encode()
    )


def merged_at(connection: psycopg.Connection, kind: Kind, at: datetime) -> None:
    set_clock(connection, at)
    assert merged(connection, kind).merged_at == at


# -- Tables as they stood --------------------------------------------------------------------------------------------

CHANGES = st.sampled_from(
    [{}, {"year": 1999}, {"assetStatus": "UNPUBLISHED"}, {"endDate": ENDS}, {"endDate": 5}, {"id": "rejected"}]
)
PAGE = st.tuples(st.sampled_from(["census", "update"]), st.dictionaries(st.integers(0, 4), CHANGES, max_size=5))
MERGES = st.lists(st.lists(PAGE, max_size=3), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(list(ALL_KINDS.values())), merges=MERGES)
def test_a_table_as_of_a_merge_is_the_view_right_after_it(
    source: psycopg.Connection,
    monkeypatch: pytest.MonkeyPatch,
    kind: Kind,
    merges: list[list[tuple[str, dict[int, dict[str, Any]]]]],
) -> None:
    monkeypatch.setattr(merge, "GUARD_MINIMUM", 2)  # so that deletions are also withheld
    empty(source)
    stood = {START - HOUR: snapshot(source, kind.view)}
    for number, pages in enumerate(merges, start=1):
        at = START + number * DAY
        for place, (purpose, items) in enumerate(pages):
            listed = [item_of(kind, n, **fields) for n, fields in items.items()]
            store_items(source, listed, purpose=purpose, at=at - DAY + (place + 1) * 3 * HOUR, kind=kind)
        merged_at(source, kind, at)
        stood[at] = snapshot(source, kind.view)
    assert {at: snapshot(source, f"{kind.view}_as_of('{at.isoformat()}')") for at in stood} == stood


def snapshot(connection: psycopg.Connection, relation: str) -> list[tuple[Any, ...]]:
    """All rows with all columns, but for those that are counted from other tables."""
    counted = "ARRAY['season_count', 'episode_count']" if "shows" in relation else "ARRAY[]::text[]"
    return rows(connection, f"SELECT to_jsonb(t) - {counted} FROM {relation} AS t ORDER BY content_id")


def test_a_table_between_two_merges_is_what_pages_sent_by_then_said(source: psycopg.Connection) -> None:
    for day, title in enumerate(["First", "Second"]):
        store_items(source, [item_of(MOVIE, 1, title=title)], at=START + day * DAY)
        merged_at(source, MOVIE, START + day * DAY + HOUR)
    asked = [START - HOUR, START, START + DAY - HOUR, START + DAY, START + 9 * DAY]
    told = [rows(source, "SELECT title FROM hotstar_movies_as_of(%s)", at) for at in asked]
    assert told == [[], [("First",)], [("First",)], [("Second",)], [("Second",)]]


def test_one_row_of_the_past_is_found_by_its_key(source: psycopg.Connection) -> None:
    plan = rows(source, "EXPLAIN SELECT title FROM hotstar_episodes_as_of(now()) WHERE content_id = '1'")
    told = "\n".join(line for (line,) in plan)
    assert "Function Scan" not in told
    assert "Index" in told
