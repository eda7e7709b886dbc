"""Only Watchmode's own word that there is no such title makes it gone; any other refusal makes the title wait."""

from datetime import datetime

import psycopg
import pytest

from catalog_assets.streaming.watchmode import is_gone
from catalog_assets.streaming.watchmode_queue import MOST_REFUSED
from tests.sandbox_process import RunningSandbox
from tests.streaming.conftest import START, Clock
from tests.streaming.watchmode_scene import Scene, Title, write_titles

NIGHT = datetime(2026, 11, 22, 21, 0, tzinfo=START.tzinfo)


@pytest.fixture
def night(followed: Clock) -> Clock:
    """Both clocks, late in the day."""
    followed.set(NIGHT)
    return followed


@pytest.fixture
def scene(started: RunningSandbox, source_url: str, connection: psycopg.Connection, night: Clock) -> Scene:
    return Scene(started, source_url, connection)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (b'{"success":false,"statusCode":404,"statusMessage":"The title could not be found."}', True),
        (b'{"success":false,"statusCode":404}', True),
        (b'{"success":false,"statusCode":400,"statusMessage":"Please set a valid id."}', False),
        (b'{"statusCode":404,"message":"no Route matched with those values"}', False),
        (b'{"success":false,"errorMessage":"Not found."}', True),
        (b"<html><h1>404 Not Found</h1></html>", False),
        (b'[{"success":false,"statusCode":404}]', False),
        (b"", False),
    ],
)
def test_a_404_is_watchmodes_own_where_it_says_so_in_its_own_form(body: bytes, expected: bool) -> None:
    assert is_gone(body) is expected


REFUSALS: list[dict[str, object]] = [
    {"status": 404, "body": "html"},
    {"status": 404, "body": "empty"},
    {"status": 400},
    {"status": 401},
    {"status": 403},
]


def known(scene: Scene, count: int) -> list[Title]:
    """Films of the sandbox's, the popular first."""
    films = [row for row in scene.sandbox.truth("watchmode", ids=1)["ids"] if row["tmdb_type"] == "movie"][:count]
    titles = [
        Title("movie", row["tmdb_id"], row["watchmode_id"], popularity=float(count - place))
        for place, row in enumerate(films)
    ]
    write_titles(scene.connection, titles)
    return titles


def refuse(scene: Scene, title: Title, fault: dict[str, object]) -> None:
    path = f"/v1/title/{title.watchmode_id}/sources"
    scene.sandbox.control(do="fault", path=path, times=None, **fault)


@pytest.mark.parametrize("fault", REFUSALS, ids=str)
@pytest.mark.parametrize("hours", [0, 13], ids=["first", "with an older answer"])
def test_a_refusal_that_is_not_watchmodes_404_is_that_titles_alone_and_told(
    scene: Scene, night: Clock, fault: dict[str, object], hours: int
) -> None:
    refused, *others = known(scene, 3)
    if hours:
        scene.ask(a_day=100)
        night.advance(hours=hours)
    refuse(scene, refused, fault)

    done = scene.ask(a_day=100)
    assert (done.answered, done.gone, done.failed) == (len(others), 0, 1)
    assert f"HTTP {fault['status']}" in (done.failure or "")
    assert scene.rows("SELECT count(*) FROM streaming.pages WHERE status = 404") == [(0,)]
    noted = "SELECT gone_at, answered_at IS NOT NULL, attempts FROM streaming.watchmode_titles WHERE attempts > 0"
    assert scene.rows(noted) == [(None, bool(hours), 1)]
    night.advance(hours=23)
    done = scene.ask(a_day=100)  # it waits a day, so that it is in nobody's way
    assert (done.answered, done.failed, done.failure) == (len(others), 0, None)

    scene.sandbox.control(do="reset", parts=["faults"])
    night.advance(hours=1, minutes=1)
    assert scene.ask(a_day=100).answered == 1
    assert scene.rows("SELECT count(*) FROM streaming.watchmode_titles WHERE attempts > 0") == [(0,)]


@pytest.mark.parametrize("fault", REFUSALS, ids=str)
def test_two_refusals_in_a_row_end_the_run_and_the_next_begins_behind_them(
    scene: Scene, night: Clock, fault: dict[str, object]
) -> None:
    titles = known(scene, 7)
    for refused in titles[:3]:
        refuse(scene, refused, fault)
    done = scene.ask(a_day=100)
    assert (done.answered, done.failed) == (0, MOST_REFUSED)
    night.advance(hours=1)
    done = scene.ask(a_day=100)
    assert (done.answered, done.failed) == (4, 1)
