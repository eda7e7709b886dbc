"""Scores, order and ranks are the documented ones; a source that is down leaves what it said, marked as stale."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import orjson
import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr

from catalog_assets.streaming.store import opened_store
from catalog_assets.streaming.tmdb_rows import read_rows
from catalog_assets.streaming.trending import (
    LISTED,
    NAMES_NOTHING,
    TMDB_LISTS,
    NothingToRank,
    ask_for_lists,
    leading_titles,
    make_snapshots,
)
from catalog_assets.streaming.trending_assets import trending_assets
from catalog_assets.streaming.trending_checks import TRENDING_CHECKS, TRENDING_ENTRIES, trending_checks
from catalog_assets.streaming.trending_replay import replay_trending
from resources.dagster_resources import SourceDatabase, Tmdb
from resources.databases import Database
from resources.errors import ServiceError
from resources.statements import statement
from resources.tmdb import TmdbClient, tmdb_pace
from tests.sandbox_process import PROJECT, RunningSandbox, running_sandbox
from tests.streaming.conftest import START, Clock
from tests.streaming.trending import Item, describe_ttls, popularities, ranked, store_page, tmdb_body

HOUR = timedelta(hours=1)
RECORDED = PROJECT.parent / "shared" / "recorded" / "tmdb"
Shift = Callable[[psycopg.Connection, timedelta], None]

items = st.lists(
    st.builds(
        Item,
        tmdb_id=st.one_of(st.none(), st.integers(1, 30)),
        popularity=st.one_of(st.none(), st.sampled_from([0.0, 1.5, 7.25])),
    ),
    min_size=1,
    max_size=26,
).filter(lambda made: any(item.tmdb_id is not None for item in made))


@pytest.fixture
def source(connection: psycopg.Connection, clock: Clock) -> psycopg.Connection:
    describe_ttls(connection)
    return connection


def entries(connection: psycopg.Connection, source: str = "tmdb", **of: str) -> list[tuple[int, int, float]]:
    asked = {"media_type": "movie", "time_window": "day", **of, "source": source}
    return connection.execute(
        "SELECT rank, tmdb_id, score::float8 FROM streaming.trending_entries WHERE source = %(source)s"
        " AND media_type = %(media_type)s AND time_window = %(time_window)s ORDER BY rank",
        asked,
    ).fetchall()


def rows(connection: psycopg.Connection, query: str) -> list[tuple[Any, ...]]:
    return connection.execute(query.encode()).fetchall()


# Scores and order


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(films=items, series=items)
def test_scores_order_and_ranks_are_the_documented_ones(
    source: psycopg.Connection, clock: Clock, films: list[Item], series: list[Item]
) -> None:
    store_page(source, tmdb_body(films), clock.at)
    store_page(source, tmdb_body(series), clock.at, "tv")  # films and series share numbers
    clock.advance(hours=1)
    for _ in range(2):  # a re-run gives the same
        made = make_snapshots(source, TMDB_LISTS, clock.at - HOUR)
        wanted = ranked(films, popularity=popularities(films)), ranked(series, popularity=popularities(series))
        for origin in ("tmdb", "aggregated"):
            assert entries(source, origin) == wanted[0]
            assert entries(source, origin, media_type="tv") == wanted[1]
        assert (made.snapshots, made.entries) == (4, 2 * (len(wanted[0]) + len(wanted[1])))
        assert made.dropped == sum(item.tmdb_id is None for item in [*films, *series])


def test_the_view_has_the_documented_columns_and_a_key_that_stays(source: psycopg.Connection, clock: Clock) -> None:
    body = {
        "page": 1,
        "total_pages": 1,
        "total_results": 1,
        "results": [
            {
                "id": 603,
                "title": "T" * 500,
                "release_date": "1999-03-31",
                "poster_path": "/p.jpg",
                "backdrop_path": "/b.jpg",
                "overview": "O",
                "vote_average": 8.24,
                "vote_count": 9,
                "popularity": 99.999,
            }
        ],
    }
    store_page(source, orjson.dumps(body), clock.at)
    make_snapshots(source, TMDB_LISTS, START)
    (first,) = rows(source, "SELECT * FROM streaming.trending_entries WHERE source = 'tmdb'")
    named = [
        column.name for column in source.execute("SELECT * FROM streaming.trending_entries LIMIT 0").description or []
    ]
    entry = dict(zip(named, first, strict=True))
    shown = {name: str(entry[name]) for name in ("score", "vote_average", "popularity", "release_date", "title")}
    assert shown == {
        "score": "50.00",
        "vote_average": "8.2",
        "popularity": "100.00",
        "release_date": "1999-03-31",
        "title": "T" * 500,
    }
    told = (entry["fetched_at"], entry["expires_at"], entry["sources_used"], entry["scale"], entry["is_stale"])
    assert told == (START, START + 3 * HOUR, ["tmdb"], 50, False)
    ((aggregated,),) = rows(source, "SELECT expires_at FROM streaming.trending_entries WHERE source = 'aggregated'")
    assert aggregated == START + HOUR
    clock.advance(hours=1)
    make_snapshots(source, TMDB_LISTS, clock.at)
    ((again,),) = rows(source, "SELECT id FROM streaming.trending_entries WHERE source = 'tmdb'")
    assert again == entry["id"]


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recorded answers are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "media_type"), [("trending_movie", "movie"), ("trending_tv", "tv"), ("movie_upcoming", "movie")]
)
def test_recorded_lists_are_read_whole(name: str, media_type: Any) -> None:
    page = read_rows((RECORDED / f"{name}.json").read_bytes(), media_type)
    assert (page.problem, page.rejected, len(page.rows)) == (None, {}, 20)
    assert [row.place for row in page.rows] == list(range(20))
    assert all(row.title and row.release_date and row.popularity and row.vote_count is not None for row in page.rows)


# Hours: present, history and moves


def test_a_snapshot_is_replaced_as_a_whole_and_the_past_stays(source: psycopg.Connection, clock: Clock) -> None:
    first, second = [Item(1), Item(2), Item(3)], [Item(3), Item(2), Item(4)]
    store_page(source, tmdb_body(first), clock.at)
    make_snapshots(source, TMDB_LISTS, START)
    clock.advance(minutes=30)
    store_page(source, tmdb_body(second), clock.at)
    made = make_snapshots(source, TMDB_LISTS, START)
    assert entries(source) == ranked(second, popularity={})
    assert made.new_entries == 0  # there is no snapshot before this hour's
    clock.advance(minutes=30)
    store_page(source, tmdb_body(first), clock.at)
    made = make_snapshots(source, TMDB_LISTS, clock.at)
    assert made.new_entries == 2  # of two sources
    over_time = rows(
        source, "SELECT hour, rank FROM trending_history WHERE tmdb_id = 3 AND source = 'tmdb' ORDER BY hour"
    )
    assert over_time == [(START, 1), (START + HOUR, 3)]
    moves = rows(
        source, "SELECT tmdb_id, move, rank, previous_rank FROM trending_moves WHERE source = 'tmdb' ORDER BY 1"
    )
    assert moves == [(1, "new", 1, None), (3, "down", 3, 1), (4, "left", None, 3)]
    assert leading_titles(source, TMDB_LISTS, clock.at) == {"Title 1": 1, "Title 2": 2, "Title 3": 3}


def test_an_hour_uses_what_was_asked_for_before_its_end_and_one_without_is_refused(
    source: psycopg.Connection, clock: Clock
) -> None:
    store_page(source, tmdb_body([Item(1)]), START + timedelta(minutes=59))
    store_page(source, tmdb_body([Item(2)]), START + HOUR)
    clock.advance(hours=30)
    make_snapshots(source, TMDB_LISTS, START + 2 * HOUR)
    assert entries(source) == [(1, 2, 50.0)]
    make_snapshots(source, TMDB_LISTS, START)
    late = rows(source, "SELECT tmdb_id, is_stale FROM trending_history WHERE source = 'tmdb' ORDER BY hour")
    assert late == [(1, False), (2, False)]
    with pytest.raises(NothingToRank, match="2026-11-22 08:00 UTC"):
        make_snapshots(source, TMDB_LISTS, START - HOUR)


def test_what_no_snapshot_follows_becomes_stale_by_itself(source: psycopg.Connection, clock: Clock) -> None:
    store_page(source, tmdb_body([Item(1)]), clock.at)
    make_snapshots(source, TMDB_LISTS, START)
    for minutes, is_stale in ((119, False), (120, True)):
        clock.set(START + timedelta(minutes=minutes))
        assert set(rows(source, "SELECT is_stale FROM trending_entries")) == {(is_stale,)}


def test_old_snapshots_go_with_their_ranks_and_the_others_stay(source: psycopg.Connection, clock: Clock) -> None:
    for _ in range(3):
        store_page(source, tmdb_body([Item(1), Item(2)]), clock.at)
        make_snapshots(source, TMDB_LISTS, clock.at)
        clock.advance(hours=1)
    source.execute(statement("streaming/delete_old_snapshots"), {"keep": timedelta(hours=2, minutes=30)})
    assert rows(source, "SELECT hour, count(*) FROM trending_history GROUP BY hour ORDER BY hour") == [
        (START + HOUR, 4),
        (START + 2 * HOUR, 4),
    ]


def test_where_what_is_trending_can_be_watched_is_one_query(source: psycopg.Connection, clock: Clock) -> None:
    store_page(source, tmdb_body([Item(1), Item(2)]), clock.at)
    make_snapshots(source, TMDB_LISTS, START)
    with source.transaction():
        source.execute("SET LOCAL session_replication_role = replica")  # offers alone, without what they rest on
        source.execute("INSERT INTO streaming.providers (key, name) VALUES ('a', 'A'), ('b', 'B')")
        source.execute(
            "INSERT INTO streaming.provider_ids (source, source_id, name, provider_id)"
            " SELECT 'watchmode', provider_id + 10, name, provider_id FROM streaming.providers"
        )
        source.execute(
            "INSERT INTO streaming.watchmode_answers (media_type, tmdb_id, region, page_id, fetched_at)"
            " VALUES ('movie', 2, 'US', 1, ops.now()), ('movie', 2, 'IN', 1, ops.now()), ('tv', 1, 'US', 1, ops.now())"
        )
        source.execute(
            "INSERT INTO streaming.watchmode_offers (media_type, tmdb_id, region, source_id, type)"
            " VALUES ('movie', 2, 'US', 12, 'sub'), ('movie', 2, 'US', 11, 'rent'), ('movie', 2, 'IN', 11, 'sub'),"
            " ('tv', 1, 'US', 11, 'sub')"
        )
    query = (
        "SELECT tmdb_id, rank, region, services, service_types FROM trending_availability"
        " WHERE time_window = 'day' ORDER BY region"
    )
    assert rows(source, query) == [
        (2, 2, "IN", ["A"], ["subscription"]),
        (2, 2, "US", ["A", "B"], ["rent", "subscription"]),
    ]


# Replay


def test_what_is_made_again_from_pages_is_equal_and_what_was_spoilt_is_mended(
    source: psycopg.Connection, clock: Clock
) -> None:
    for turn in range(5):
        store_page(source, tmdb_body([Item(turn + 2), Item(None), Item(1, 2.0), Item(9)]), clock.at)
        store_page(source, tmdb_body([Item(7), Item(turn + 1)]), clock.at, "tv", "week")
        make_snapshots(source, TMDB_LISTS, clock.at.replace(minute=0))
        clock.advance(minutes=70)
    source.execute("UPDATE streaming.ttls SET ttl = '1 minute'")  # what counted as fresh then counts
    again = replay_trending(source)
    assert again.rows == {"trending_items": 30, "trending_snapshots": 20}
    assert (again.merges, again.differences, again.shown) == (5, {"trending_items": 0, "trending_snapshots": 0}, [])
    source.execute("UPDATE streaming.trending_ranks SET score = 1 WHERE rank = 1")
    source.execute("UPDATE streaming.trending_items SET title = 'spoilt' WHERE place = 0")
    assert replay_trending(source, swap=True).differences == {"trending_items": 10, "trending_snapshots": 20}
    assert replay_trending(source).shown == []


# The service over HTTP


@dataclass
class Service:
    """TMDB's lists over HTTP, and a database whose clock goes by hours."""

    sandbox: RunningSandbox
    source_url: str
    connection: psycopg.Connection
    shift: Shift
    hours: int = 0

    def advance(self) -> None:
        self.hours += 1
        self.shift(self.connection, timedelta(hours=self.hours))
        self.sandbox.control(do="clock", advance=3600)

    def ask(self, *, force: bool = False) -> tuple[list[str], dict[str, int]]:
        """What asking failed with, and how answers were come by."""

        async def scene() -> tuple[list[str], dict[str, int]]:
            database = Database(self.source_url)
            client = TmdbClient(
                base_url=self.sandbox.url,
                api_key=SecretStr(self.sandbox.tmdb_token),
                source_url=SecretStr(self.source_url),
                pace=replace(tmdb_pace(0), rest_s=0.0),
            )
            try:
                async with client, opened_store(database, "run") as store:
                    return await ask_for_lists(client, store, TMDB_LISTS, force=force), store.uses
            finally:
                await database.aclose()

        return asyncio.run(scene())

    def make(self) -> None:
        make_snapshots(self.connection, TMDB_LISTS, self.hour())

    def hour(self) -> datetime:
        ((now,),) = rows(self.connection, "SELECT ops.now()")
        return now.replace(minute=0, second=0, microsecond=0)  # type: ignore[no-any-return]

    def listed(self, media_type: str = "movie", time_window: str = "day") -> list[int]:
        return [row["id"] for row in self.sandbox.tmdb(f"/trending/{media_type}/{time_window}").json()["results"]]


@pytest.fixture
def service(source_url: str, connection: psycopg.Connection, shift_clock: Shift) -> Iterator[Service]:
    with running_sandbox(movies=200, options=("--tmdb-rate=0", "--tmdb-latency=0")) as sandbox:
        sandbox.control(do="clock", stop=True)
        yield Service(sandbox, source_url, connection, shift_clock)


def test_a_list_that_is_down_for_a_day_is_served_as_stale_and_recovers_by_itself(service: Service) -> None:
    service.ask()
    service.make()
    before = entries(service.connection)
    assert [tmdb_id for _, tmdb_id, _ in before] == service.listed()
    service.sandbox.control(do="fault", path="/3/trending/movie/day", status=503, times=None)
    service.sandbox.control(do="fault", path="/3/trending/tv/week", body="html", times=None)
    stale_hours = []
    for hour in range(1, 25):
        service.advance()
        failures, uses = service.ask()
        service.make()
        assert entries(service.connection) == before
        stale = set(
            rows(service.connection, "SELECT DISTINCT media_type, time_window FROM trending_entries WHERE is_stale")
        )
        assert len(failures) == uses["stale"] == len(stale)
        if stale:
            assert stale == {("movie", "day"), ("tv", "week")}
            stale_hours.append(hour)
        for media_type, time_window in (("movie", "week"), ("tv", "day")):
            shown = entries(service.connection, media_type=media_type, time_window=time_window)
            if uses["misses"]:
                assert [row[1] for row in shown] == service.listed(media_type, time_window)
    assert stale_hours[0] <= 4
    assert stale_hours == list(range(stale_hours[0], 25))
    unusable = rows(
        service.connection,
        "SELECT DISTINCT problem IS NULL FROM streaming.pages WHERE media_type = 'tv' AND time_window = 'week'",
    )
    assert sorted(unusable) == [(False,), (True,)]  # kept to be looked at, never served
    service.sandbox.control(do="reset", parts=["faults"])
    service.advance()
    service.ask()
    service.make()
    assert rows(service.connection, "SELECT count(*) FROM trending_entries WHERE is_stale") == [(0,)]
    assert [tmdb_id for _, tmdb_id, _ in entries(service.connection)] == service.listed()
    ((hours,),) = rows(service.connection, "SELECT count(DISTINCT hour) FROM trending_history")
    assert hours == 26
    moved = {move for (move,) in rows(service.connection, "SELECT DISTINCT move FROM trending_moves")}
    assert moved >= {"new", "left", "up", "down"}
    assert sum(replay_trending(service.connection).differences.values()) == 0


def test_an_empty_list_is_no_answer_and_a_list_never_had_fails_alone(service: Service) -> None:
    service.sandbox.control(do="fault", path="/3/trending/movie/day", status=403, times=1)
    with pytest.raises(ServiceError, match="403"):
        service.ask()
    assert rows(service.connection, "SELECT count(*) FROM streaming.pages WHERE problem IS NULL") == [(3,)]
    service.make()
    assert rows(service.connection, "SELECT count(DISTINCT (media_type, time_window)) FROM trending_entries") == [(3,)]
    assert TMDB_LISTS.read(tmdb_body([]), "movie").problem == NAMES_NOTHING
    assert TMDB_LISTS.read(tmdb_body([Item(None)]), "movie").problem == NAMES_NOTHING
    assert service.ask() == ([], {"hits": 3, "misses": 1, "stale": 0})
    assert service.ask(force=True) == ([], {"hits": 0, "misses": len(LISTED), "stale": 0})


# Through Dagster


@pytest.fixture
def in_dagster(service: Service, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., dg.ExecuteInProcessResult]]:
    urls = {f"{name}_DATABASE_URL": service.source_url for name in ("SOURCE", "CATALOG", "DAGSTER")}
    rest = {"CATALOG_ORIGIN_TMDB": "sandbox:1", "SANDBOX_TMDB_RATE": "0", "CATALOG_LOG_LEVEL": "WARNING"}
    for name, value in {**service.sandbox.environment(), **urls, **rest}.items():
        monkeypatch.setenv(name, value)
    with dg.DagsterInstance.ephemeral() as instance:

        def materialize(**config: dict[str, Any]) -> dg.ExecuteInProcessResult:
            return dg.materialize(
                [*trending_assets, *trending_checks],
                instance=instance,
                partition_key=datetime.now(UTC).strftime("%Y-%m-%d-%H:00"),
                resources={"source": SourceDatabase(), "tmdb": Tmdb()},
                run_config={"ops": {name: {"config": each} for name, each in config.items()}},
                raise_on_error=False,
            )

        yield materialize


def test_an_hour_is_materialized_with_its_checks_and_its_ranks_are_plotted(
    service: Service, in_dagster: Callable[..., dg.ExecuteInProcessResult]
) -> None:
    result = in_dagster()
    assert result.success
    assert all(check.passed for check in result.get_asset_check_evaluations())
    pages, made = (
        {name: value.value for name, value in event.materialization.metadata.items()}
        for event in result.get_asset_materialization_events()
    )
    assert (pages["misses"], pages["hits"], pages["requests"], pages["problem"]) == (4, 0, 4, "none")
    assert (made["entries"], made["new_entries"], made["stale_snapshots"]) == (160, 0, 0)
    assert sorted(str(value) for name, value in made.items() if name.startswith("rank: ")) == sorted([*"12345"] * 2)
    again = in_dagster(streaming__tmdb_trending_pages={"force": True})
    assert again.success
    assert service.connection.execute("SELECT count(*) FROM streaming.pages").fetchone() == (8,)


def test_checks_tell_what_is_broken(source: psycopg.Connection, clock: Clock) -> None:
    listed = [Item(number) for number in range(1, 9)]
    store_page(source, tmdb_body(listed), clock.at)
    store_page(source, tmdb_body(listed), clock.at, "tv", "week")
    make_snapshots(source, TMDB_LISTS, START)
    checks = TRENDING_CHECKS[TRENDING_ENTRIES]
    assert {check.name: list(check.offenders(source)) for check in checks} == {check.name: [] for check in checks}
    source.execute("DROP INDEX streaming.trending_ranks_by_title")
    source.execute("UPDATE streaming.trending_ranks SET rank = 40 WHERE rank = 4")
    source.execute("UPDATE streaming.trending_ranks SET tmdb_id = 99 WHERE rank IN (5, 6)")
    source.execute("UPDATE streaming.trending_ranks SET score = score + 1 WHERE rank = 7")
    source.execute("UPDATE streaming.trending_snapshots SET is_stale = true WHERE media_type = 'tv'")
    found = {check.name: list(check.offenders(source)) for check in checks}
    assert {name: len(each) for name, each in found.items()} == {
        "ranks_have_no_holes": 4,
        "no_title_is_ranked_twice": 4,
        "entries_have_sources": 12,
        "trending_is_fresh": 2,
    }
    assert found["trending_is_fresh"][0].startswith("tv, week, aggregated: asked for at 2026-11-22")
