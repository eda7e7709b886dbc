"""A region that is newly wanted makes titles due whose answers lack it; one that is wanted no more makes none due."""

from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from alembic import command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from resources.migrations import migrate
from tests.sandbox_process import RunningSandbox
from tests.streaming.conftest import START, Clock
from tests.streaming.trending import describe_ttls
from tests.streaming.watchmode_scene import Scene, Title, due, write_titles, write_trending

NIGHT = datetime(2026, 11, 22, 23, 0, tzinfo=START.tzinfo)
"""All units of the day may be used."""


@pytest.fixture
def night(followed: Clock) -> Clock:
    """Both clocks, late in the day."""
    followed.set(NIGHT)
    return followed


@pytest.fixture
def scene(started: RunningSandbox, source_url: str, connection: psycopg.Connection, night: Clock) -> Scene:
    return Scene(started, source_url, connection)


def known(scene: Scene, count: int) -> list[Title]:
    """Films of the sandbox's, the popular first."""
    films = [row for row in scene.sandbox.truth("watchmode", ids=1)["ids"] if row["tmdb_type"] == "movie"][:count]
    titles = [
        Title("movie", row["tmdb_id"], row["watchmode_id"], popularity=float(count - place))
        for place, row in enumerate(films)
    ]
    write_titles(scene.connection, titles)
    return titles


def asked_of(scene: Scene) -> list[tuple[int, str]]:
    """The titles that were asked for, in order, and for which regions."""
    return [(int(asked["key"]), asked["regions"]) for asked in scene.truth()["titles"]]


def test_a_region_that_is_added_is_asked_of_every_title_at_once_as_if_it_had_no_answer(
    scene: Scene, night: Clock
) -> None:
    titles = known(scene, 4)
    assert scene.ask(regions=["US"]).answered == 4
    night.advance(minutes=10)
    assert scene.ask(regions=["US"]).answered == 0
    used = scene.truth()["used"]

    done = scene.ask(regions=["US", "IN"], a_day=used + 2)
    assert (done.answered, scene.truth()["used"]) == (2, used + 2)  # another list is another request: a unit each
    first, second, *rest = ((title.watchmode_id, "US,IN") for title in titles)
    assert asked_of(scene)[4:] == [first, second]
    told = "SELECT place, tmdb_id, staleness, reasons FROM streaming.watchmode_queue WHERE is_due ORDER BY place"
    assert scene.rows(told) == [
        (place, title.tmdb_id, 6, ["no answer for IN"]) for place, title in enumerate(titles[2:], 1)
    ]
    assert scene.ask(regions=["US", "IN"]).answered == 2
    assert asked_of(scene)[6:] == rest
    assert scene.rows(told) == []
    assert scene.rows("SELECT DISTINCT regions FROM streaming.watchmode_titles") == [(["US", "IN"],)]


def test_a_named_title_is_asked_for_where_its_answer_lacks_a_region(scene: Scene, night: Clock) -> None:
    (title,) = known(scene, 1)
    scene.ask(regions=["US"])
    night.advance(minutes=10)
    scene.ask(regions=["US", "IN"], named=[("movie", title.tmdb_id)], a_day=100)
    assert asked_of(scene) == [(title.watchmode_id, "US"), (title.watchmode_id, "US,IN")]


def test_a_region_out_of_the_plan_or_wanted_no_more_makes_nothing_due(scene: Scene, night: Clock) -> None:
    known(scene, 3)
    scene.ask(regions=["US", "IN"])
    night.advance(minutes=10)
    for regions in (["US", "IN", "FR"], ["IN", "US"], ["US"]):
        assert scene.ask(regions=regions).answered == 0
    assert len(asked_of(scene)) == 3


def test_a_stored_answer_serves_a_region_that_is_wanted_again(scene: Scene, night: Clock) -> None:
    (title,) = known(scene, 1)
    scene.ask(regions=["US", "IN"])
    night.advance(hours=1)
    scene.ask(regions=["US"], named=[("movie", title.tmdb_id)], force=True, a_day=100)
    assert [regions for _, regions in asked_of(scene)] == ["US,IN", "US"]
    night.advance(hours=1)
    assert scene.ask(regions=["US", "IN"], a_day=100).answered == 1
    assert scene.ask(regions=["US", "IN"], a_day=100).answered == 0  # it is known to be for both
    assert len(asked_of(scene)) == 2
    noted = "SELECT date_trunc('second', answered_at), regions FROM streaming.watchmode_titles"
    assert scene.rows(noted) == [(NIGHT, ["US", "IN"])]


def test_what_failed_waits_and_what_is_gone_stays_gone_whatever_region_is_added(scene: Scene, night: Clock) -> None:
    fails, gone = known(scene, 2)
    scene.ask(regions=["US"])
    night.advance(hours=13)
    for title, fault in ((fails, {"body": "html"}), (gone, {"status": 404})):
        path = f"/v1/title/{title.watchmode_id}/sources"
        scene.sandbox.control(do="fault", path=path, times=None, **fault)
    done = scene.ask(regions=["US"])
    assert (done.failed, done.gone) == (1, 1)
    scene.sandbox.control(do="reset", parts=["faults"])
    assert scene.ask(regions=["US", "IN"]).answered == 0
    night.advance(hours=1, minutes=1)
    scene.ask(regions=["US", "IN"])
    assert asked_of(scene)[-1] == (fails.watchmode_id, "US,IN")
    assert scene.rows("SELECT regions FROM streaming.watchmode_titles WHERE gone_at IS NOT NULL") == [(None,)]


REGIONS = st.lists(st.sampled_from(["DE", "IN", "US"]), unique=True)


@given(
    wanted=REGIONS,
    states=st.lists(st.tuples(st.none() | st.integers(0, 100), st.none() | REGIONS, st.booleans()), max_size=12),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_answer_that_lacks_a_region_counts_as_none_in_the_documented_order(
    clock: Clock, wanted: list[str], states: list[tuple[int | None, list[str] | None, bool]]
) -> None:
    connection = clock.connection
    for table in (
        *("tmdb.details", "tmdb.titles", "streaming.id_mappings", "streaming.watchmode_titles"),
        *("streaming.trending_snapshots", "streaming.pages", "streaming.ttls", "streaming.watchmode_regions"),
    ):
        connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608 - one of these
    describe_ttls(connection)
    ranks = iter(range(1, 13))
    titles = [
        Title("movie", 1 + place, 100 + place, day=date(2026, 11, 1 + place), rank=next(ranks) if trends else None)
        for place, (_, _, trends) in enumerate(states)
    ]
    write_titles(connection, titles)
    write_trending(connection, titles, START)
    for region in wanted:
        connection.execute("INSERT INTO streaming.watchmode_regions VALUES (%s)", (region,))
    answered = {}
    for title, (hours, regions, _) in zip(titles, states, strict=True):
        if hours is None:
            continue
        at = START - timedelta(hours=hours, minutes=7)
        connection.execute(
            "INSERT INTO streaming.watchmode_titles (media_type, tmdb_id, watchmode_id, asked_at, answered_at, regions)"
            " VALUES ('movie', %s, %s, %s, %s, %s)",
            (title.tmdb_id, title.watchmode_id, at, at, regions),
        )
        if regions is None or set(wanted) <= set(regions):
            answered[title.watchmode_id] = at
    queue = connection.execute("SELECT watchmode_id FROM streaming.watchmode_queue WHERE is_due ORDER BY place")
    assert [row[0] for row in queue] == [title.watchmode_id for title in due(titles, answered, START)]


def test_titles_that_were_answered_before_are_taken_for_what_their_pages_were_asked_for(
    empty_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = command.upgrade
    with monkeypatch.context() as before:
        before.setattr(command, "upgrade", lambda configuration, _: upgrade(configuration, "0022"))
        migrate(empty_url)

    def answered(tmdb_id: int, page_id: int | None) -> tuple[Any, ...]:
        return ("movie", tmdb_id, 100 + tmdb_id, START, START, page_id)

    with psycopg.connect(empty_url, autocommit=True) as connection:
        stored = connection.execute(
            "INSERT INTO streaming.pages (service, endpoint, rule, cache_key, path, params, status, sent_at,"
            "  received_at, body, body_bytes, body_sha256, run_id)"
            " VALUES ('watchmode', 'title_sources', 'watchmode_availability', 'key', '/', %s, 200, %s, %s, '[]', 2, '',"
            "  'run') RETURNING page_id",
            (Jsonb({"regions": "US,IN"}), START, START),
        ).fetchall()
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO streaming.watchmode_titles"
                " (media_type, tmdb_id, watchmode_id, asked_at, answered_at, page_id) VALUES (%s, %s, %s, %s, %s, %s)",
                [answered(1, stored[0][0]), answered(2, None)],
            )
        migrate(empty_url)
        told = connection.execute("SELECT tmdb_id, regions FROM streaming.watchmode_titles ORDER BY tmdb_id").fetchall()
    assert told == [(1, ["US", "IN"]), (2, None)]
