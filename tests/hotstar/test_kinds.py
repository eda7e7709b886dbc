"""Every kind that Hotstar lists: the same merge writes its tables, from its description alone."""

# ruff: noqa: S608 - the names in these queries are those of the descriptions

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.hotstar.kinds import CHANNEL, EPISODE, KINDS, MATCH, MOVIE, SEASON, SHOW, Kind
from catalog_assets.hotstar.replay import replay
from tests.hotstar.stored import START, empty, item_of, merged, rows, store_items

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

EVERY = list(KINDS.values())
DATED = [kind for kind in EVERY if kind.is_polled]
AT_ONCE = [kind for kind in EVERY if kind.listed_by is None]
every_kind = pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.plural)


def named(kind: Kind) -> str:
    """The column of a kind's view that names an item."""
    return kind.title_field


# -- Descriptions ----------------------------------------------------------------------------------------------------


def test_every_kind_has_names_of_its_own() -> None:
    for names in ("name", "plural", "path", "table", "view", "versions_view"):
        assert len({getattr(kind, names) for kind in EVERY}) == len(EVERY)
    assert (MATCH.plural, MATCH.table, MATCH.view) == ("matches", "sports", "hotstar_sports")
    assert (MOVIE.table, MOVIE.view) == ("movies", "hotstar_movies")


@every_kind
def test_every_column_of_a_wide_table_comes_from_the_kinds_fields_in_the_same_type(
    source: psycopg.Connection, kind: Kind
) -> None:
    stored = rows(
        source,
        "SELECT attname, atttypid FROM pg_attribute WHERE attnum > 0 AND NOT attisdropped"
        f" AND attrelid = 'hotstar.{kind.table}'::regclass AND attname NOT IN ('id', 'content_id', 'raw_response')",
    )
    read = rows(
        source,
        "SELECT out.name, out.type FROM pg_proc AS p"
        " CROSS JOIN unnest(p.proargnames, p.proallargtypes, p.proargmodes) AS out (name, type, mode)"
        f" WHERE p.oid = 'hotstar.{kind.name}_fields(jsonb)'::regprocedure AND out.mode = 't'",
    )
    assert stored
    assert set(stored) <= set(read)
    view = rows(source, f"SELECT attname FROM pg_attribute WHERE attrelid = 'hotstar.{kind.view}'::regclass")
    assert {name for name, _ in read} <= {name for (name,) in view}


def test_everything_in_the_schema_is_described_and_granted(source: psycopg.Connection) -> None:
    views = ", ".join(f"'hotstar.{name}'::regclass" for kind in EVERY for name in (kind.view, kind.versions_view))
    relations = "relnamespace = 'hotstar'::regnamespace AND relkind IN ('r', 'v')"
    missing = {
        "columns": f"SELECT attrelid::regclass, attname FROM pg_attribute WHERE attrelid IN ({views}) AND attnum > 0"
        " AND col_description(attrelid, attnum) IS NULL",
        "relations": f"SELECT relname FROM pg_class WHERE {relations} AND obj_description(oid, 'pg_class') IS NULL",
        "functions": "SELECT proname FROM pg_proc WHERE pronamespace = 'hotstar'::regnamespace"
        " AND obj_description(oid, 'pg_proc') IS NULL",
        "grants": f"SELECT relname FROM pg_class WHERE {relations}"
        " AND NOT has_table_privilege('catalog_hotstar', oid, 'SELECT, INSERT, UPDATE, DELETE')",
    }
    assert {name: rows(source, query) for name, query in missing.items()} == {name: [] for name in missing}


# -- Merges ----------------------------------------------------------------------------------------------------------


@every_kind
def test_a_first_load_inserts_a_repeat_changes_nothing_and_a_change_makes_a_version(
    source: psycopg.Connection, kind: Kind
) -> None:
    store_items(source, [item_of(kind, n) for n in range(3)], purpose="census", kind=kind)
    assert merged(source, kind).inserted == 3
    store_items(source, [item_of(kind, n) for n in range(3)], purpose="census", at=START + DAY, kind=kind)
    again = merged(source, kind)
    assert (again.inserted, again.updated, again.unchanged) == (0, 0, 3)
    changed = item_of(kind, 1, **{kind.title_field: "Renamed"})
    store_items(source, [changed], at=START + 2 * DAY, kind=kind)
    assert merged(source, kind).updated == 1
    query = f"SELECT content_id, hotstar_id, {named(kind)}, last_synced_at, updated_at, raw_response FROM {kind.view}"
    assert rows(source, f"{query} WHERE content_id = '1001'") == [
        ("1001", 1, "Renamed", START + 2 * DAY, START + 2 * DAY, changed)
    ]
    assert rows(
        source, f"SELECT valid_from, valid_to, changed FROM {kind.versions_view} WHERE changed IS NOT NULL"
    ) == [(START + 2 * DAY, None, {kind.title_field: {"old": f"{kind.name.title()} 1", "new": "Renamed"}})]


@every_kind
def test_the_state_of_an_item_has_its_title_and_its_scope(source: psycopg.Connection, kind: Kind) -> None:
    store_items(source, [item_of(kind, 1, **{kind.title_field: "HES Automation Movie 5"})], kind=kind)
    merged(source, kind)
    scope = "7" if kind is SEASON else ""
    assert rows(source, "SELECT kind, content_id, title, scope, is_test FROM items") == [
        (kind.name, "1001", "HES Automation Movie 5", scope, True)
    ]


@every_kind
def test_a_bad_item_is_kept_as_rejected_and_the_others_go_on(source: psycopg.Connection, kind: Kind) -> None:
    needed = {"showId"} if kind is SEASON else {kind.title_field}
    unnamed = {name: value for name, value in item_of(kind, 2).items() if name not in needed}
    store_items(source, [item_of(kind, 1), unnamed, item_of(kind, 3, id="x"), item_of(kind, 4)], kind=kind)
    result = merged(source, kind)
    assert (result.inserted, result.rejected) == (2, 2)
    reasons = rows(source, "SELECT content_id, split_part(reason, ':', 1) FROM rejected_items ORDER BY 1")
    assert reasons == [("1002", *needed), ("1003", "id")]


FIELDS = sorted({name for kind in EVERY for name in kind.item.__annotations__} | {"extra"})
VALUES: list[Any] = [None, True, 5, -1, 2**63, 1.5, "", "5", "true", "x" * 9_000, [], [1], ["a"], {}, {"a": None}]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kind=st.sampled_from(EVERY), fields=st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=4)
)
def test_no_value_of_any_field_stops_a_merge(source: psycopg.Connection, kind: Kind, fields: dict[str, Any]) -> None:
    empty(source)
    store_items(source, [{**item_of(kind, 1), **fields}, item_of(kind, 2)], kind=kind)
    result = merged(source, kind)
    assert result.inserted + result.rejected == 2
    assert result.inserted >= 1
    assert len(rows(source, f"SELECT * FROM {kind.view}_as_of(now())")) == result.inserted


@pytest.mark.parametrize("kind", AT_ONCE, ids=lambda kind: kind.plural)
def test_an_item_is_missing_after_as_many_censuses_as_its_kind_needs(source: psycopg.Connection, kind: Kind) -> None:
    store_items(source, [item_of(kind, n) for n in range(20)], purpose="census", kind=kind)
    merged(source, kind)
    deleted = []
    for day in range(1, kind.censuses_to_miss + 1):
        store_items(source, [item_of(kind, n) for n in range(1, 20)], purpose="census", at=START + day * DAY, kind=kind)
        deleted.append(merged(source, kind).deleted)
    assert deleted == [0] * (kind.censuses_to_miss - 1) + [1]
    assert rows(source, f"SELECT content_id, deletion_reason FROM {kind.view} WHERE is_deleted") == [
        ("1000", "missing")
    ]
    store_items(source, [item_of(kind, 0)], at=START + 5 * DAY, kind=kind)
    assert merged(source, kind).restored == 1
    assert rows(source, f"SELECT content_id FROM {kind.view} WHERE is_deleted") == []


@pytest.mark.parametrize("kind", DATED, ids=lambda kind: kind.plural)
def test_a_kind_with_status_and_dates_is_unpublished_and_expires(source: psycopg.Connection, kind: Kind) -> None:
    ended = int((START - DAY).timestamp())
    store_items(source, [item_of(kind, 1), item_of(kind, 2), item_of(kind, 3)], kind=kind)
    merged(source, kind)
    changed = [item_of(kind, 1, assetStatus="UNPUBLISHED"), item_of(kind, 2, endDate=ended)]
    store_items(source, changed, at=START + DAY, kind=kind)
    assert merged(source, kind).deleted == 2
    assert rows(source, f"SELECT content_id, deletion_reason FROM {kind.view} WHERE is_deleted ORDER BY 1") == [
        ("1001", "unpublished"),
        ("1002", "expired"),
    ]


def test_what_changes_of_a_deletion_is_an_event_of_its_own(source: psycopg.Connection) -> None:
    ended = int((START - DAY).timestamp())
    states: list[dict[str, Any]] = [{}, {"endDate": ended}, {"endDate": ended, "assetStatus": "UNPUBLISHED"}, {}]
    for day, fields in enumerate(states):
        store_items(source, [item_of(EPISODE, 1, **fields)], at=START + day * DAY, kind=EPISODE)
        merged(source, EPISODE)
    assert rows(source, "SELECT event, reason, was_reason FROM deletion_events ORDER BY merge_id") == [
        ("deleted", "expired", None),
        ("changed", "unpublished", "expired"),
        ("restored", "unpublished", "unpublished"),
    ]


def test_equal_ids_in_two_kinds_do_not_touch_each_other(source: psycopg.Connection) -> None:
    state = (
        "SELECT kind, content_id, title, item_hash, updated_at, is_deleted FROM items ORDER BY kind, content_id",
        "SELECT kind, content_id, valid_from, item FROM item_versions ORDER BY kind, content_id",
    )
    for kind in EVERY:
        store_items(source, [item_of(kind, n) for n in range(20)], purpose="census", kind=kind)
        assert merged(source, kind).inserted == 20
    for kind in EVERY:
        others = [[row for row in rows(source, query) if row[0] != kind.name] for query in state]
        store_items(source, [item_of(kind, n, extra=1) for n in range(20)], at=START + DAY, kind=kind)
        assert merged(source, kind).updated == 20
        assert [[row for row in rows(source, query) if row[0] != kind.name] for query in state] == others
    for kind in EVERY:
        assert rows(source, f"SELECT count(*), count(DISTINCT id) FROM {kind.view}") == [(20, 20)]


def test_a_series_counts_its_seasons_and_episodes_that_are_not_deleted(source: psycopg.Connection) -> None:
    gone = {"assetStatus": "UNPUBLISHED"}
    store_items(source, [item_of(SHOW, 7), item_of(SHOW, 8)], kind=SHOW)
    store_items(source, [item_of(SEASON, 1), item_of(SEASON, 2), item_of(SEASON, 3, showId=9)], kind=SEASON)
    episodes = [item_of(EPISODE, n, showId=7) for n in range(3)]
    store_items(source, [*episodes, item_of(EPISODE, 3, showId=7, **gone)], kind=EPISODE)
    for kind in (SHOW, SEASON, EPISODE):
        merged(source, kind)
    assert rows(source, "SELECT hotstar_id, season_count, episode_count FROM hotstar_shows ORDER BY 1") == [
        (7, 2, 3),
        (8, 0, 0),
    ]


def test_a_channel_is_a_name_and_its_platforms(source: psycopg.Connection) -> None:
    item = {"id": 3, "contentId": 821, "name": "StarPlus", "enabledPlatforms": ["ANDROID", "IOS"]}
    store_items(source, [item], kind=CHANNEL)
    merged(source, CHANNEL)
    assert rows(source, "SELECT hotstar_id, content_id, name, enabled_platforms FROM hotstar_channels") == [
        (3, "821", "StarPlus", ["ANDROID", "IOS"])
    ]


# -- Replays ---------------------------------------------------------------------------------------------------------


@every_kind
@pytest.mark.parametrize("swap", [False, True])
def test_a_replay_makes_the_tables_of_every_kind_again(source: psycopg.Connection, kind: Kind, swap: bool) -> None:
    lives(source, kind)
    view = f"SELECT to_jsonb(v) - 'id' FROM {kind.view} AS v ORDER BY content_id"
    before = rows(source, view)
    result = replay(source, kind, swap=swap)
    assert (result.differences, result.merges, result.rows[kind.table]) == (0, 4, 20)
    assert rows(source, view) == before


def test_two_kinds_are_replayed_at_once(source: psycopg.Connection, source_url: str) -> None:
    def replayed(kind: Kind) -> int:
        with psycopg.connect(source_url, autocommit=True) as connection:
            return replay(connection, kind, swap=True).differences

    for kind in EVERY:
        lives(source, kind)
    with ThreadPoolExecutor(len(EVERY)) as pool:
        assert list(pool.map(replayed, EVERY)) == [0] * len(EVERY)
    assert rows(source, "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'hotstar%'") == [("hotstar",)]


def lives(source: psycopg.Connection, kind: Kind) -> None:
    """Twenty items: one changes, one goes missing and comes back, one more is rejected."""
    everything = [item_of(kind, n) for n in range(20)]
    store_items(source, everything, purpose="census", kind=kind)
    merged(source, kind)
    for day in (1, 2):
        listed = [item_of(kind, 1, extra=day), *everything[2:], item_of(kind, 30, id=None)]
        store_items(source, listed, purpose="census", at=START + day * DAY, kind=kind)
        merged(source, kind)
    store_items(source, everything, at=START + 3 * DAY, kind=kind)
    merged(source, kind)
