"""The past: every table as it stood, and the life of one item."""

# ruff: noqa: S608 - the names in these queries are those of the descriptions

import json
import re
import sys
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from typer.testing import CliRunner

from catalog_assets.cli.history import show
from catalog_assets.cli.main import app
from catalog_assets.hotstar import merge
from catalog_assets.hotstar.history import history
from catalog_assets.hotstar.kinds import EPISODE, KINDS, MOVIE, Kind
from resources.errors import UnknownItem
from tests.hotstar.stored import START, empty, item_of, merged, rows, store_items

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ENDS = int((START + 60 * HOUR).timestamp())

every_kind = pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.plural)


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
@given(kind=st.sampled_from(list(KINDS.values())), merges=MERGES)
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


# -- The life of one item --------------------------------------------------------------------------------------------


def lived(connection: psycopg.Connection, kind: Kind) -> None:
    """An item that is renamed, unpublished and published again, a day apart; merged an hour after each page."""
    long = "x" * 200
    for day, fields in enumerate([{}, {kind.title_field: long}, {"assetStatus": "UNPUBLISHED"}, {}]):
        store_items(connection, [item_of(kind, 1, **fields), item_of(kind, 2)], at=START + day * DAY, kind=kind)
        merged_at(connection, kind, START + day * DAY + HOUR)


@every_kind
def test_the_life_of_an_item_is_its_versions_and_its_deletions_in_order(source: psycopg.Connection, kind: Kind) -> None:
    lived(source, kind)
    found = history(source, kind, "1001")
    title = f"{kind.name.title()} 1"
    assert (found.title, found.is_deleted, found.first_seen_at, found.last_seen_at) == (
        title,
        False,
        START,
        START + 3 * DAY,
    )
    assert [(event.at, event.event, event.until, event.reason) for event in found.events] == [
        (START, "first seen", START + DAY, None),
        (START + DAY, "changed", START + 2 * DAY, None),
        (START + 2 * DAY, "changed", START + 3 * DAY, None),
        (START + 2 * DAY + HOUR, "deleted", None, "unpublished"),
        (START + 3 * DAY, "changed", None, None),
        (START + 3 * DAY + HOUR, "restored", None, "unpublished"),
    ]
    assert found.events[1].changed == {kind.title_field: {"old": title, "new": "x" * 200}}
    assert found.events[3].since == START + 2 * DAY


def test_an_unknown_item_is_told_and_says_where_ids_stand(source: psycopg.Connection) -> None:
    store_items(source, [item_of(MOVIE, 1)])
    merged(source)
    with pytest.raises(UnknownItem, match=r"No episode with the content id 1001 .* content_id of hotstar_episodes"):
        history(source, EPISODE, "1001")


def test_the_table_cuts_long_values_and_takes_titles_as_they_are(source: psycopg.Connection) -> None:
    lived(source, MOVIE)
    store_items(source, [item_of(MOVIE, 1, title="[red]A[/red]", genre=["Drama", "नाटक"])], at=START + 5 * DAY)
    merged_at(source, MOVIE, START + 6 * DAY)
    out = StringIO()
    show(history(source, MOVIE, "1001"), Console(file=out, width=250))
    told = re.sub(r" +", " ", out.getvalue())
    assert "movie 1001, [red]A[/red]: active; last seen 2026-11-07 00:00 UTC" in told
    assert f"2026-11-03 00:00 UTC changed title Movie 1 {'x' * 59}…" in told
    assert "2026-11-04 01:00 UTC deleted unpublished since 2026-11-04 00:00 UTC" in told
    assert '["Drama"] ["Drama", "नाटक"]' in told
    assert "x" * 60 not in told


def test_the_command_prints_whole_values_as_json_and_ends_with_1_for_an_unknown_item(
    source: psycopg.Connection, source_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    lived(source, EPISODE)
    for name in ("SOURCE", "CATALOG", "DAGSTER"):
        monkeypatch.setenv(f"{name}_DATABASE_URL", source_url)
    monkeypatch.setenv("CATALOG_HOME", str(tmp_path))
    told = CliRunner().invoke(app, ["history", "episodes", "1001", "--json"])
    assert told.exit_code == 0, told.output
    printed = json.loads(told.stdout)
    assert printed["events"][1]["changed"]["title"]["new"] == "x" * 200
    assert printed["events"][0]["at"] == START.isoformat()
    monkeypatch.setattr(sys, "argv", ["catalog", "history", "episodes", "7"])
    with pytest.raises(SystemExit) as ended:
        app()
    assert ended.value.code == 1
