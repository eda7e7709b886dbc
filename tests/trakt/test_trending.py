"""Trakt's lists and the aggregate with TMDB stand apart; which sources took part shows, and none waits for another."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from catalog_assets.streaming.trending import NAMES_NOTHING, TMDB_LISTS, NothingToRank, make_snapshots
from catalog_assets.streaming.trending_assets import trending_assets
from catalog_assets.streaming.trending_checks import trending_checks
from catalog_assets.trakt.trending import NAMED_BEFORE, TRAKT_LISTS, WITHOUT_NUMBER, replay_trending
from catalog_assets.trakt.trending_assets import trakt_trending_assets
from catalog_assets.trakt.trending_checks import trakt_trending_checks
from resources.dagster_resources import SourceDatabase, Tmdb, Trakt
from tests.sandbox_process import RunningSandbox, running_sandbox
from tests.streaming.conftest import START, Clock
from tests.streaming.trending import (
    Item,
    describe_ttls,
    popularities,
    ranked,
    store_page,
    tmdb_body,
    trakt_body,
)
from tests.trakt.sign_ins import KEY

HOUR = timedelta(hours=1)

tmdb_items = st.lists(
    st.builds(
        Item,
        tmdb_id=st.one_of(st.none(), st.integers(1, 30)),
        popularity=st.one_of(st.none(), st.sampled_from([0.0, 1.5, 7.25])),
    ),
    max_size=24,
)
trakt_items = st.lists(
    st.builds(Item, tmdb_id=st.one_of(st.none(), st.integers(1, 30))), min_size=1, max_size=24
).filter(lambda made: any(item.tmdb_id is not None for item in made))


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as connection:
        describe_ttls(connection)
        yield connection


@pytest.fixture
def clock(source: psycopg.Connection) -> Clock:
    clock = Clock(source)
    clock.set(START)
    return clock


def entries(connection: psycopg.Connection, source: str, media_type: str = "movie") -> list[tuple[int, int, float]]:
    return connection.execute(
        "SELECT rank, tmdb_id, score::float8 FROM trakt.trending_entries"
        " WHERE source = %s AND media_type = %s ORDER BY rank",
        (source, media_type),
    ).fetchall()


def rows(connection: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


def keep_work(connection: psycopg.Connection, media_type: str, tmdb_id: int, *, imdb_id: str | None = None) -> None:
    """A work that has a title, and nothing more."""
    row = connection.execute(
        "INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at) VALUES (%s, %s, 'x', now())"
        " RETURNING work_id",
        (media_type, tmdb_id),
    ).fetchone()
    assert row is not None
    told = {"work_id": row[0], "title": f"Work {tmdb_id}", "imdb_id": imdb_id}
    connection.execute(
        "INSERT INTO tmdb.details SELECT r.* FROM jsonb_populate_record(NULL::tmdb.details, %s || ("
        " SELECT jsonb_object_agg(attname, '[]'::jsonb) FROM pg_attribute"
        " WHERE attrelid = 'tmdb.details'::regclass AND attnotnull AND attnum > 0"
        " AND attname NOT IN ('work_id', 'title')"
        ")) AS r",
        (Jsonb(told),),
    )


# Scores and order


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tmdb=tmdb_items, trakt=trakt_items, series=trakt_items)
def test_the_aggregate_is_the_documented_sum_in_a_total_order(
    source: psycopg.Connection, clock: Clock, tmdb: list[Item], trakt: list[Item], series: list[Item]
) -> None:
    store_page(source, tmdb_body(tmdb), clock.at)
    store_page(source, trakt_body(trakt, "movie"), clock.at, schema="trakt")
    store_page(source, trakt_body(series, "tv"), clock.at, "tv", schema="trakt")  # shares numbers with films
    clock.advance(hours=1)
    make_snapshots(source, TRAKT_LISTS, clock.at - HOUR)
    known = popularities(tmdb)
    assert entries(source, "aggregated") == ranked(tmdb, trakt, popularity=known)
    assert entries(source, "trakt") == ranked(trakt, popularity=known)
    assert entries(source, "aggregated", "tv") == entries(source, "trakt", "tv") == ranked(series, popularity={})
    took_part = ["tmdb", "trakt"] if known else ["trakt"]
    told = rows(source, "SELECT DISTINCT source, media_type, sources_used, scale::integer FROM trakt.trending_entries")
    assert sorted(told) == [
        ("aggregated", "movie", took_part, 50 * len(took_part)),
        ("aggregated", "tv", ["trakt"], 50),
        ("trakt", "movie", ["trakt"], 50),
        ("trakt", "tv", ["trakt"], 50),
    ]


def test_what_is_counted_stands_with_the_entries_and_tmdbs_words_go_first(
    source: psycopg.Connection, clock: Clock
) -> None:
    store_page(source, tmdb_body([Item(1), Item(2)]), clock.at)
    store_page(source, trakt_body([Item(2), Item(3), Item(4), Item(2)], "movie"), clock.at, schema="trakt")
    keep_work(source, "movie", 4)
    keep_work(source, "tv", 3)  # shares its number with a film
    make_snapshots(source, TMDB_LISTS, START)
    make_snapshots(source, TRAKT_LISTS, START)
    query = "SELECT tmdb_id, title, watchers, plays, collectors FROM trakt.trending_entries WHERE source = "
    assert rows(source, f"{query} 'aggregated' ORDER BY rank") == [
        (2, "Title 2", 900, 1900, 2900),
        (1, "Title 1", None, None, None),
        (3, "Trakt's 3", 899, 1899, 2899),
        (4, "Work 4", 898, 1898, 2898),
    ]
    assert rows(source, "SELECT place, problem FROM trakt.trending_items WHERE problem IS NOT NULL") == [
        (3, NAMED_BEFORE)
    ]
    assert entries(source, "tmdb") == [(1, 1, 50.0), (2, 2, 47.5)]  # every source is in the view
    assert rows(source, "SELECT DISTINCT sources_used FROM streaming.trending_entries") == [(["tmdb"],)]


def test_a_source_that_goes_stale_or_was_never_had_shows(source: psycopg.Connection, clock: Clock) -> None:
    store_page(source, tmdb_body([Item(1)]), clock.at)
    make_snapshots(source, TMDB_LISTS, START)
    with pytest.raises(NothingToRank):
        make_snapshots(source, TRAKT_LISTS, START)
    for hours, trakt_asked, stale in (
        (1, True, {"trakt": False, "aggregated": False}),
        (2, False, {"trakt": True, "aggregated": True}),
        (3, True, {"trakt": False, "aggregated": True}),  # TMDB's answer is three hours old by now
    ):
        clock.set(START + timedelta(hours=hours))
        if trakt_asked:
            store_page(source, trakt_body([Item(1), Item(2)], "movie"), clock.at, schema="trakt")
        make_snapshots(source, TRAKT_LISTS, clock.at)
        told = rows(source, "SELECT DISTINCT source, is_stale FROM trakt.trending_entries WHERE source <> 'tmdb'")
        assert dict(told) == stale
    oldest = rows(
        source, "SELECT source, fetched_at FROM trakt.trending_snapshots WHERE hour = ops.now() ORDER BY source"
    )
    assert oldest == [("aggregated", START), ("trakt", clock.at)]
    moves = rows(source, "SELECT count(*) FROM trakt.trending_moves")
    assert moves == [(0,)]
    assert rows(source, "SELECT count(*), max(rank) FROM trakt.trending_history WHERE tmdb_id = 2") == [(6, 2)]


# Titles without a number of TMDB's


def test_titles_without_a_number_are_found_by_imdbs_id_or_dropped_and_counted(
    source: psycopg.Connection, clock: Clock
) -> None:
    kept: list[tuple[str, int, str]] = [("movie", 11, "tt0000011"), ("tv", 12, "tt0000012")]
    kept += [("movie", 13, "tt0000013"), ("movie", 14, "tt0000014"), ("movie", 15, "tt0000014")]
    for media_type, tmdb_id, imdb_id in [*kept, ("movie", 16, "tt0000016")]:
        keep_work(source, media_type, tmdb_id, imdb_id=imdb_id)
    listed = [
        *(Item(13), Item(None, imdb_id="tt0000011")),
        Item(None, imdb_id="tt0000012"),  # a series bears it, no film
        Item(None, imdb_id="tt0000013"),  # the same title as the first
        Item(None, imdb_id="tt0000014"),  # two films bear it
        *(Item(None, imdb_id="tt0000016"), Item(None, imdb_id="tt0000016"), Item(None)),
    ]
    store_page(source, trakt_body(listed, "movie"), clock.at, schema="trakt")
    made = make_snapshots(source, TRAKT_LISTS, START)
    assert entries(source, "trakt") == [(1, 13, 50.0), (2, 11, 47.5), (3, 16, 37.5)]
    assert made.dropped == 5
    problems = rows(source, "SELECT DISTINCT problem FROM trakt.trending_items WHERE problem IS NOT NULL")
    assert problems == [(WITHOUT_NUMBER,)]
    source.execute("UPDATE tmdb.details SET imdb_id = NULL")  # what is known changes; what was found stays
    again = replay_trending(source)
    assert (again.merges, again.shown) == (1, [])
    assert again.rows == {"trending_items": 8, "trending_snapshots": 2}
    source.execute("DELETE FROM trakt.trending_ranks WHERE rank = 2")
    assert replay_trending(source, swap=True).differences == {"trending_items": 0, "trending_snapshots": 2}
    assert entries(source, "trakt") == [(1, 13, 50.0), (2, 11, 47.5), (3, 16, 37.5)]


def test_an_empty_ranking_is_no_answer() -> None:
    assert TRAKT_LISTS.read(b"[]", "movie").problem == NAMES_NOTHING
    assert TRAKT_LISTS.read(b"<html>", "movie").problem is not None


# Through Dagster

Materialize = Callable[[], dg.ExecuteInProcessResult]


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with running_sandbox(movies=200, options=("--tmdb-rate=0", "--tmdb-latency=0")) as running:
        running.control(do="clock", stop=True)
        yield running


@pytest.fixture
def materialize(source_url: str, sandbox: RunningSandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[Materialize]:
    urls = {f"{name}_DATABASE_URL": source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
    origins = {"CATALOG_ORIGIN_TMDB": "sandbox:1", "CATALOG_ORIGIN_TRAKT": "sandbox:1"}
    rest = {"SANDBOX_TMDB_RATE": "0", "SANDBOX_TRAKT_RATE": "0", "CATALOG_LOG_LEVEL": "WARNING"}
    on = {"TRAKT_ENABLED": "1", "TRAKT_CONTACT": "tests@localhost"}
    for name, value in {**sandbox.environment(), **urls, **origins, **rest, **on}.items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.ephemeral() as instance:
        yield lambda: dg.materialize(
            [*trending_assets, *trending_checks, *trakt_trending_assets, *trakt_trending_checks],
            instance=instance,
            partition_key=datetime.now(UTC).strftime("%Y-%m-%d-%H:00"),
            resources={"source": SourceDatabase(), "tmdb": Tmdb(), "trakt": Trakt()},
            run_config={
                "ops": {f"{name}_trending_pages": {"config": {"force": True}} for name in ("streaming__tmdb", "trakt_")}
            },
            raise_on_error=False,
        )


def test_both_sources_are_materialized_and_one_that_is_down_leaves_the_other_alone(
    source_url: str, sandbox: RunningSandbox, materialize: Materialize
) -> None:
    result = materialize()
    assert result.success
    checks = result.get_asset_check_evaluations()
    assert (len(checks), [check.check_name for check in checks if not check.passed]) == (8, [])
    listed = [row["movie"]["ids"] for row in sandbox.trakt("/movies/watched/daily", limit=20).json()]
    numbered = [ids["tmdb"] for ids in listed if ids.get("tmdb")]
    with psycopg.connect(source_url, autocommit=True) as connection:
        daily = "SELECT tmdb_id FROM trakt.trending_history WHERE source = 'trakt' AND media_type = 'movie'"
        assert rows(connection, f"{daily} AND time_window = 'day' ORDER BY rank") == [(number,) for number in numbered]
        assert rows(connection, "SELECT DISTINCT scale::integer FROM trakt.trending_snapshots ORDER BY 1") == [
            (50,),
            (100,),
        ]
        published = rows(connection, "SELECT * FROM streaming.trending_entries ORDER BY id")

        sandbox.control(do="fault", path="/movies/watched/daily", status=403, times=None)
        sandbox.control(do="fault", path="/3/trending/tv/week", status=403, times=None)
        assert materialize().success
        failures = rows(connection, "SELECT rule, stale FROM streaming.cache_uses WHERE stale > 0 ORDER BY rule")
        assert failures == [("tmdb_trending", 1), ("trakt_trending", 1)]
        assert len(rows(connection, "SELECT * FROM streaming.trending_entries")) == len(published)

        connection.execute("SELECT trakt.remove_everything()")
        assert rows(connection, "SELECT DISTINCT source FROM trakt.trending_entries") == [("tmdb",)]
        assert len(rows(connection, "SELECT * FROM streaming.trending_entries")) == len(published)


def test_a_sign_in_that_cannot_be_kept_is_told_and_holds_no_list_up(
    source_url: str,
    materialize: Materialize,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    with psycopg.connect(source_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO trakt.oauth_tokens"
            " (service, access_token, refresh_token, expires_in_s, expires_at, created_at, updated_at)"
            " VALUES ('trakt', 'x', 'y', 604800, ops.now() + interval '5 minutes', ops.now(), ops.now())"
        )
        for name, value, told in (
            ("TRAKT_TOKEN_KEY", "", "TRAKT_TOKEN_KEY is not set"),
            ("TRAKT_TOKEN_KEY", "short", "TRAKT_TOKEN_KEY is no Fernet key"),
            ("TRAKT_CLIENT_SECRET", "", "TRAKT_CLIENT_SECRET is not set"),
        ):
            monkeypatch.setenv("TRAKT_TOKEN_KEY", KEY)
            monkeypatch.setenv(name, value)
            result = materialize()
            assert result.success
            (made,) = result.asset_materializations_for_node("trakt__trending_pages")
            assert str(made.metadata["sign_in"].value).startswith(told)
            assert f"the sign-in to Trakt is not as it should be: {told}" in capfd.readouterr().err
        assert rows(connection, "SELECT count(*) FROM trakt.pages WHERE problem IS NULL") == [(12,)]
        assert rows(connection, "SELECT ended_at FROM trakt.oauth_tokens") == [(None,)]


def test_where_trakt_is_off_its_assets_say_so_and_tmdbs_go_on(
    source_url: str, materialize: Materialize, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TRAKT_ENABLED")
    result = materialize()
    failures = {event.step_key: event.step_failure_data for event in result.all_events if event.is_step_failure}
    failure = failures["trakt__trending_pages"]
    assert failure is not None
    assert failure.user_failure_data is not None
    assert "Trakt is off" in str(failure.user_failure_data.description)
    made = {event.asset_key.to_user_string() for event in result.get_asset_materialization_events() if event.asset_key}
    assert made == {"streaming/tmdb_trending_pages", "streaming/trending_entries"}
    with psycopg.connect(source_url, autocommit=True) as connection:
        assert rows(connection, "SELECT count(*) FROM trakt.pages") == [(0,)]
