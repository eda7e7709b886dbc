"""Only Watchmode's own word that there is no such title makes it gone; any other refusal costs a run, not a title."""

from datetime import datetime

import psycopg
import pytest

from catalog_assets.streaming.watchmode import is_gone
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
        (b'{"success":false,"errorMessage":"Not found."}', False),
        (b"<html><h1>404 Not Found</h1></html>", False),
        (b'[{"success":false,"statusCode":404}]', False),
        (b"", False),
    ],
)
def test_a_404_is_watchmodes_own_where_it_says_so_in_its_own_form(body: bytes, expected: bool) -> None:
    assert is_gone(body) is expected


@pytest.mark.parametrize("fault", [{"status": 404, "body": "html"}, {"status": 404, "body": "empty"}, {"status": 400}])
@pytest.mark.parametrize("hours", [0, 13], ids=["first", "with an older answer"])
def test_a_refusal_that_is_not_watchmodes_404_costs_the_run_and_not_the_title(
    scene: Scene, night: Clock, fault: dict[str, object], hours: int
) -> None:
    films = [row for row in scene.sandbox.truth("watchmode", ids=1)["ids"] if row["tmdb_type"] == "movie"][:2]
    refused, other = (
        Title("movie", row["tmdb_id"], row["watchmode_id"], day=day)
        for row, day in zip(films, (NIGHT.date(), None), strict=True)
    )
    write_titles(scene.connection, [refused, other])
    if hours:
        scene.ask()
        night.advance(hours=hours)
    seen = len(scene.asked())
    path = f"/v1/title/{refused.watchmode_id}/sources"
    scene.sandbox.control(do="fault", path=path, times=None, **fault)

    done = scene.ask(a_day=100)
    assert (done.answered, done.gone, done.failed) == (0, 0, 1)
    assert f"HTTP {fault['status']}" in (done.failure or "")
    assert scene.rows("SELECT count(*) FROM streaming.pages WHERE status = 404") == [(0,)]
    noted = "SELECT gone_at, answered_at IS NOT NULL, attempts FROM streaming.watchmode_titles WHERE attempts > 0"
    assert scene.rows(noted) == [(None, bool(hours), 1)]
    done = scene.ask(a_day=100)  # it waits, so that it is in nobody's way
    assert (scene.asked()[seen + 1 :], done.failure) == ([other.watchmode_id], None)

    scene.sandbox.control(do="reset", parts=["faults"])
    night.advance(hours=1, minutes=1)
    assert scene.ask(a_day=100).answered == 1
    assert scene.rows("SELECT count(*) FROM streaming.watchmode_titles WHERE attempts > 0") == [(0,)]
