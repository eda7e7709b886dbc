"""Who gets a unit of Watchmode's, how many there are, and what becomes of a title that brings no answer."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import psycopg
import pytest
import stamina
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.streaming.availability import merge_availability
from catalog_assets.streaming.store import Store
from catalog_assets.streaming.watchmode_checks import WATCHMODE_PAGES_CHECKS
from catalog_assets.streaming.watchmode_credits import note_status
from catalog_assets.tmdb.models import MediaType
from resources.client import Answer
from resources.errors import BudgetSpent, ClocksDiffer, PermanentServiceError
from resources.watchmode import PAID_TRIES, WatchmodeClient
from tests.sandbox_process import RunningSandbox
from tests.streaming.conftest import START, Clock
from tests.streaming.trending import describe_ttls
from tests.streaming.watchmode_scene import Scene, Title, due, interest, write_titles, write_trending

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=START.tzinfo)
SHARE_AT_NOON = 18
"""Of 33 units: thirteen of twenty-four hours have begun."""


@pytest.fixture
def scene(started: RunningSandbox, source_url: str, connection: psycopg.Connection) -> Scene:
    started.control(do="reset")
    started.control(do="clock", set=NOON.timestamp(), stop=True)
    return Scene(started, source_url, connection)


@pytest.fixture(autouse=True)
def no_backoff() -> Iterator[None]:
    """Retries happen at once, as many as in production."""
    with stamina.set_testing(True, attempts=6, cap=True):
        yield


@pytest.fixture
def at_noon(followed: Clock) -> Clock:
    """Both clocks, at noon."""
    followed.set(NOON)
    return followed


def known(scene: Scene, count: int, **more: Any) -> list[Title]:
    """Films of the sandbox's, the popular first."""
    listed = scene.sandbox.truth("watchmode", ids=1)["ids"]
    films = [row for row in listed if row["tmdb_type"] == "movie"][:count]
    titles = [
        Title("movie", row["tmdb_id"], row["watchmode_id"], popularity=float(count - place), **more)
        for place, row in enumerate(films)
    ]
    write_titles(scene.connection, titles)
    return titles


def ids(titles: list[Title]) -> list[int]:
    return [title.watchmode_id for title in titles]


def go_on(scene: Scene, shift_clock: Any, hours: int = 0) -> None:
    """Both clocks run, so many hours ahead of now."""
    shift_clock(scene.connection, timedelta(hours=hours))
    at = datetime.now(START.tzinfo) + timedelta(hours=hours)
    scene.sandbox.control(do="clock", stop=False)
    scene.sandbox.control(do="clock", set=at.timestamp())


def offenders(scene: Scene) -> dict[str, list[str]]:
    found = {check.name: list(check.offenders(scene.connection)) for check in WATCHMODE_PAGES_CHECKS}
    return {name: those for name, those in found.items() if those}


# The order --------------------------------------------------------------------------------------------------------

DAY = st.none() | st.dates(date(2026, 1, 1), date(2027, 6, 1))
KINDS: st.SearchStrategy[MediaType] = st.sampled_from(["movie", "tv"])
STATES = st.lists(
    st.tuples(st.booleans(), DAY, st.sampled_from([None, 0.5, 7.25]), st.none() | st.integers(0, 1000)),
    min_size=1,
    max_size=30,
)


@given(states=STATES, ranked=st.integers(0, 20), data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_units_go_to_titles_in_the_documented_order(
    clock: Clock, states: list[Any], ranked: int, data: st.DataObject
) -> None:
    connection = clock.connection
    for table in (
        *("tmdb.details", "tmdb.titles", "streaming.id_mappings", "streaming.watchmode_titles"),
        *("streaming.trending_snapshots", "streaming.pages", "streaming.ttls"),
    ):
        connection.execute(f"DELETE FROM {table}".encode())  # noqa: S608 - one of these
    describe_ttls(connection)
    kinds = [data.draw(KINDS) for _ in states]
    ranks = dict(zip(data.draw(st.permutations(range(len(states)))), range(1, ranked + 1), strict=False))
    titles = [
        Title(
            kind,
            place // 2 + 1 if kind == "tv" else place + 1,
            100 + place,
            is_work,
            day if is_work else None,
            popularity,
        )
        for place, (kind, (is_work, day, popularity, _)) in enumerate(zip(kinds, states, strict=True))
    ]
    titles = list({(title.media_type, title.tmdb_id): title for title in titles}.values())
    titles = _ranked_by_kind(titles, ranks)
    answered = {
        title.watchmode_id: START - timedelta(hours=hours, minutes=7)
        for title in titles
        if (hours := states[title.watchmode_id - 100][3]) is not None
    }
    write_titles(connection, titles)
    write_trending(connection, titles, START)
    for title in titles:
        if title.watchmode_id in answered:
            connection.execute(
                "INSERT INTO streaming.watchmode_titles (media_type, tmdb_id, watchmode_id, asked_at, answered_at)"
                " VALUES (%s, %s, %s, %s, %s)",
                (title.media_type, title.tmdb_id, title.watchmode_id, *[answered[title.watchmode_id]] * 2),
            )
    queue = connection.execute(
        "SELECT place, watchmode_id, interest FROM streaming.watchmode_queue WHERE is_due ORDER BY place"
    ).fetchall()
    expected = due(titles, answered, START)
    assert [row[:2] for row in queue] == list(enumerate(ids(expected), 1))
    assert [row[2] for row in queue] == pytest.approx([interest(title, START.date()) for title in expected])


def _ranked_by_kind(titles: list[Title], ranks: dict[int, int]) -> list[Title]:
    """The same titles with ranks that have no hole among those of a kind."""
    placed: dict[str, int] = {}
    found = []
    for title in sorted(titles, key=lambda title: ranks.get(title.watchmode_id - 100, 99)):
        rank = None
        if title.watchmode_id - 100 in ranks:
            rank = placed[title.media_type] = placed.get(title.media_type, 0) + 1
        found.append(
            Title(title.media_type, title.tmdb_id, title.watchmode_id, title.is_work, title.day, title.popularity, rank)
        )
    return found


def test_the_weights_are_those_that_are_documented(connection: psycopg.Connection) -> None:
    def of(rank: int | None, released: int | None, comes: int | None, requests: int) -> float:
        query = "SELECT streaming.watchmode_interest(%s, %s, %s, %s)"
        ((found,),) = connection.execute(query, (rank, released, comes, requests)).fetchall()
        return float(found)

    assert of(None, None, None, 0) == 1
    assert [of(rank, None, None, 0) for rank in (1, 2, 20, 21, 500)] == [61, 59, 23, 1, 1]
    assert [of(None, days, None, 0) for days in (0, 45, 90, 4000)] == [21, 11, 1, 1]
    assert [of(None, None, days, 0) for days in (7, 14, 300)] == [11, 1, 1]
    assert of(None, 4000, 7, 0) == 11
    assert [of(None, None, None, requests) for requests in (9, 99)] == pytest.approx([11, 21])


def test_a_queue_says_why_a_title_comes_where_it_comes(scene: Scene, at_noon: Clock) -> None:
    (title,) = known(scene, 1, day=date(2026, 11, 20), rank=3)
    describe_ttls(scene.connection)
    write_trending(scene.connection, [title], NOON)
    told = "SELECT place, is_due, reasons FROM streaming.watchmode_queue"
    assert scene.rows(told) == [(1, True, ["trending 1", "released 2 days ago", "never answered"])]
    scene.ask()
    assert scene.rows(told) == [(None, False, ["trending 1", "released 2 days ago"])]
    at_noon.advance(hours=12, minutes=1)
    assert scene.rows(told) == [(1, True, ["trending 1", "released 3 days ago", "answer of 12 h ago"])]


def test_what_is_trending_or_coming_is_asked_for_though_it_is_no_work(scene: Scene, at_noon: Clock) -> None:
    work, trends, comes, unknown = known(scene, 4)
    describe_ttls(scene.connection)
    for title in (trends, comes, unknown):
        scene.connection.execute(
            "DELETE FROM tmdb.details AS d USING tmdb.titles AS t WHERE d.work_id = t.work_id AND t.tmdb_id = %s",
            (title.tmdb_id,),
        )
        scene.connection.execute("DELETE FROM tmdb.titles WHERE tmdb_id = %s", (title.tmdb_id,))
    write_trending(scene.connection, [replace(trends, rank=1)], NOON)
    scene.connection.execute(
        "INSERT INTO streaming.coming_soon (media_type, tmdb_id, region, release_date, services, sources)"
        " VALUES ('movie', %s, 'IN', '2026-11-29', '[]', '{tmdb}')",
        (comes.tmdb_id,),
    )
    scene.ask()
    assert scene.asked() == ids([trends, comes, work])
    assert scene.rows("SELECT reasons FROM streaming.watchmode_queue WHERE tmdb_id = %s", comes.tmdb_id) == [
        (["comes in 7 days"],)
    ]


# Units ------------------------------------------------------------------------------------------------------------


def test_an_hours_share_goes_to_the_first_and_is_asked_for_in_regions_of_the_plan(scene: Scene, at_noon: Clock) -> None:
    titles = known(scene, 40)
    done = scene.ask()
    assert (done.answered, done.regions, done.left_out) == (SHARE_AT_NOON - 1, ["US", "IN"], ["FR"])
    assert scene.asked() == ids(titles)[: SHARE_AT_NOON - 1]
    assert {asked["regions"] for asked in scene.truth()["titles"]} == {"US,IN"}
    assert (done.units_now, done.units_today, done.units_month) == (0, 33 - SHARE_AT_NOON, 2500 - SHARE_AT_NOON)
    assert scene.truth()["used"] == SHARE_AT_NOON
    assert scene.ask().answered == 0
    at_noon.set(NOON.replace(hour=23))
    assert scene.ask().answered == 33 - SHARE_AT_NOON
    assert scene.asked() == ids(titles)[:32]
    assert scene.ask(force=True).answered == 0  # what is forced has no more units than the rest
    assert offenders(scene) == {}


@pytest.mark.parametrize(("hour", "share"), [(0, 2), (5, 9), (11, 17), (22, 32), (23, 33)])
def test_a_days_units_are_spread_over_its_hours(clock: Clock, hour: int, share: int) -> None:
    clock.set(NOON.replace(hour=hour, minute=59))
    clock.connection.execute(
        "INSERT INTO ops.pace (service, interval_s, rest_s, slow_s, timeout_s) VALUES ('watchmode', 0, 1, 1, 1)"
    )
    clock.connection.execute("INSERT INTO ops.budgets VALUES ('watchmode', 'day', 'UTC', 33)")
    told = clock.connection.execute("SELECT remaining, remaining_this_hour FROM streaming.watchmode_units").fetchall()
    assert told == [(33, share)]


def test_the_month_has_what_watchmode_says_and_what_others_used_of_it(scene: Scene, at_noon: Clock) -> None:
    known(scene, 40)
    scene.sandbox.control(do="watchmode", quota=1000, used=995)
    done = scene.ask()
    assert (done.answered, done.units_month, done.units_now) == (4, 0, 0)
    assert scene.truth()["used"] == 1000
    assert scene.ask().answered == 0
    assert scene.truth()["endpoints"]["status"]["calls"] == 2  # it costs nothing, so it is asked all the same
    scene.sandbox.control(do="watchmode", quota=2500)
    assert scene.ask().answered > 0
    assert offenders(scene) == {}


def test_what_is_counted_here_is_not_lowered_and_a_smaller_plan_leaves_nothing(scene: Scene, at_noon: Clock) -> None:
    known(scene, 40)
    scene.ask()
    month = "SELECT allowed, used FROM streaming.watchmode_units WHERE period = 'month'"
    scene.sandbox.control(do="watchmode", used=0)
    scene.within(note_status)
    assert scene.rows(month) == [(2500, SHARE_AT_NOON)]
    scene.sandbox.control(do="watchmode", quota=10)
    assert scene.ask().answered == 0
    assert scene.rows(month) == [(SHARE_AT_NOON, SHARE_AT_NOON)]
    at_noon.set(NOON.replace(month=12, day=1, hour=23))
    scene.sandbox.control(do="watchmode", quota=2500)
    assert scene.ask().answered == 32  # the regions' answer is eight days old: it costs one
    assert scene.rows("SELECT read_at::date, quota FROM streaming.watchmode_credits ORDER BY read_at")[-1][1] == 2500


def test_where_watchmodes_own_month_begins_anew_what_it_says_counts(scene: Scene, at_noon: Clock) -> None:
    def month(status: int) -> tuple[Any, ...]:
        scene.sandbox.control(do="watchmode", quota=1000, used=status)
        at_noon.advance(hours=1)
        scene.within(note_status)
        return scene.rows("SELECT allowed, used FROM streaming.watchmode_units WHERE period = 'month'")[0]

    async def others_count(client: WatchmodeClient, store: Store) -> None:
        """Two units are taken by others between the question and the note of its answer."""
        get = client.get

        async def slow(*given: Any, **more: Any) -> Answer:
            answer = await get(*given, **more)
            scene.connection.execute("UPDATE ops.budget_uses SET used = used + 2 WHERE period = 'month'")
            return answer

        client.get = slow  # type: ignore[method-assign]
        await note_status(client, store)

    assert [month(used) for used in (990, 1000)] == [(1000, 990), (1000, 1000)]
    assert month(0) == (1000, 0)
    assert month(7) == (1000, 7)
    scene.connection.execute("UPDATE ops.budget_uses SET used = 12 WHERE period = 'month'")
    assert month(7) == (1000, 12)  # some may be under way
    assert month(9) == (1000, 12)
    scene.sandbox.control(do="watchmode", used=3)
    at_noon.advance(hours=1)
    scene.within(others_count)
    assert scene.rows("SELECT used FROM streaming.watchmode_units WHERE period = 'month'") == [(5,)]
    early = {"zone": "UTC", "quota": 1000, "used": 0, "counted": 0, "run_id": "run"}
    said = early | {"read_at": at_noon.at - timedelta(minutes=30)}
    scene.within(lambda _, store: store.rows("note_credits", said))  # said before what is noted
    assert scene.rows("SELECT used FROM streaming.watchmode_units WHERE period = 'month'") == [(5,)]
    at_noon.set(NOON.replace(month=12, day=1))
    scene.connection.execute("INSERT INTO ops.budget_uses VALUES ('watchmode', 'month', 'UTC', '2026-12-01', 4)")
    assert month(2) == (1000, 4)  # in a month of its own what is counted holds


def test_named_titles_come_first_beyond_the_hours_share_and_fresh_ones_if_forced(scene: Scene, at_noon: Clock) -> None:
    titles = known(scene, 40)
    scene.connection.execute(
        "DELETE FROM tmdb.details AS d USING tmdb.titles AS t WHERE d.work_id = t.work_id AND t.tmdb_id = %s",
        (titles[39].tmdb_id,),
    )
    scene.connection.execute("DELETE FROM tmdb.titles WHERE tmdb_id = %s", (titles[39].tmdb_id,))
    wanted: list[tuple[MediaType, int]] = [("movie", titles[place].tmdb_id) for place in (39, 30, 0)]
    done = scene.ask(named=[*wanted, ("tv", 2**40), wanted[1]])
    assert scene.asked() == ids([titles[39], titles[30], *titles[: SHARE_AT_NOON - 3]])
    assert (done.answered, done.unmapped) == (SHARE_AT_NOON - 1, [f"tv {2**40}"])
    seen = SHARE_AT_NOON - 1
    assert scene.ask(named=wanted).answered == 1  # no work: it is not in the queue, its answer is fresh
    assert scene.asked()[seen:] == []
    done = scene.ask(named=wanted, force=True)
    assert scene.asked()[seen:] == ids([titles[39], titles[30], titles[0]])
    assert (done.units_now, done.units_today) == (0, 33 - SHARE_AT_NOON - 3)
    done = scene.ask(named=[("movie", title.tmdb_id) for title in titles], force=True)
    assert (done.answered, done.units_today) == (33 - SHARE_AT_NOON - 3, 0)
    assert done.stopped_by is not None
    assert scene.truth()["used"] == 33
    assert offenders(scene) == {}


# What comes back --------------------------------------------------------------------------------------------------


def test_402_is_the_end_of_the_month_until_watchmode_says_otherwise(scene: Scene, at_noon: Clock) -> None:
    titles = known(scene, 40)
    scene.sandbox.control(do="fault", path=f"/v1/title/{titles[2].watchmode_id}/sources", status=402)
    done = scene.ask()
    assert (done.answered, done.failed, done.failure, done.units_month) == (2, 0, None, 0)
    assert done.stopped_by is not None
    assert "402" in done.stopped_by
    with pytest.raises(BudgetSpent):  # nobody else asks either
        scene.within(lambda client, _: client.get("/v1/sources", {}))
    assert scene.truth()["used"] == 3
    assert scene.ask().answered == SHARE_AT_NOON - 4  # it says that there are more
    assert offenders(scene) == {}


def test_402_against_what_watchmode_says_is_not_asked_for_every_hour(scene: Scene, at_noon: Clock) -> None:
    at_noon.set(NOON.replace(hour=1))
    titles = known(scene, 30)
    for title in titles:
        path = f"/v1/title/{title.watchmode_id}/sources"
        scene.sandbox.control(do="fault", path=path, status=402, times=None)
    refused = "SELECT count(*) FROM ops.api_calls WHERE status = 402"
    for _ in range(20):
        done = scene.ask()
        assert (done.answered, done.units_month) == (0, 0)
        at_noon.advance(hours=1)
    assert scene.rows(refused) == [(2,)]  # once more, for by then it counts the list of regions
    at_noon.advance(hours=5)
    scene.ask()
    assert scene.rows(refused) == [(3,)]  # a day is over
    scene.sandbox.control(do="reset", parts=["faults"])
    at_noon.advance(hours=1)
    assert scene.ask().answered == 0
    scene.sandbox.control(do="watchmode", quota=2600)  # it says something else
    assert scene.ask().answered > 0
    assert offenders(scene) == {}


def test_402_where_an_older_answer_stands_ends_the_run_likewise(scene: Scene, at_noon: Clock) -> None:
    titles = known(scene, 3)
    scene.ask()
    at_noon.advance(hours=12, minutes=1)
    for title in titles:
        scene.sandbox.control(do="fault", path=f"/v1/title/{title.watchmode_id}/sources", status=402)
    done = scene.ask()
    assert len(scene.asked()) == 4
    assert (done.answered, done.failed, done.failure, done.units_month) == (0, 0, None, 0)
    assert "402" in (done.stopped_by or "")


def test_401_says_what_is_wrong_and_asks_for_nothing_that_costs(scene: Scene, at_noon: Clock) -> None:
    known(scene, 3)
    done = scene.ask(key="not-the-key-of-the-account")
    assert "WATCHMODE_API_KEY is wrong" in (done.failure or "")
    assert (done.answered, scene.truth()["used"]) == (0, 0)
    assert list(offenders(scene)) == ["watchmode_is_asked"]
    assert scene.ask().answered == 3
    assert offenders(scene) == {}


def test_one_refusal_of_another_endpoint_disables_nothing(scene: Scene, at_noon: Clock) -> None:
    known(scene, 3)
    with pytest.raises(PermanentServiceError):
        scene.within(lambda client, _: client.get("/v1/changes/new_titles", {}))
    assert scene.ask().answered == 3


def test_404_is_a_title_that_is_gone_for_a_month_or_until_it_has_another_id(scene: Scene, at_noon: Clock) -> None:
    gone, *others = known(scene, 4)
    scene.sandbox.control(do="fault", path=f"/v1/title/{gone.watchmode_id}/sources", status=404, times=None)
    done = scene.ask()
    assert (done.answered, done.gone, done.failure) == (3, 1, None)
    assert scene.connection.execute(
        "SELECT media_type, tmdb_id, params ->> 'regions', body, problem FROM streaming.pages WHERE status = 404"
    ).fetchall() == [(gone.media_type, gone.tmdb_id, ",".join(done.regions), b"", None)]
    merge_availability(scene.connection)
    assert scene.connection.execute(
        "SELECT count(*) FROM streaming.watchmode_answers WHERE (media_type, tmdb_id) = (%s, %s)",
        (gone.media_type, gone.tmdb_id),
    ).fetchone() == (len(done.regions),), "asked, and offered nowhere"
    at_noon.advance(days=27)
    assert (scene.ask().answered, scene.asked().count(gone.watchmode_id)) == (3, 1)
    at_noon.advance(days=2)
    done = scene.ask()
    assert (done.answered, done.gone, scene.asked().count(gone.watchmode_id)) == (3, 1, 2)
    scene.connection.execute(
        "UPDATE streaming.id_mappings SET watchmode_id = %s WHERE tmdb_id = %s",
        (others[0].watchmode_id, gone.tmdb_id),
    )
    assert scene.ask().answered == 1
    assert len(scene.asked()) == 11  # the other id's answer was there already: it cost nothing


@pytest.mark.parametrize("body", ["html", "empty"])
def test_an_answer_that_is_none_waits_while_the_others_go_on(scene: Scene, at_noon: Clock, body: str) -> None:
    titles = known(scene, 3)
    scene.sandbox.control(do="fault", path=f"/v1/title/{titles[0].watchmode_id}/sources", body=body, times=2)
    done = scene.ask()
    assert (done.answered, done.failed, done.failure) == (2, 1, None)
    assert scene.ask().answered == 0  # an hour has to go by
    at_noon.advance(hours=1, minutes=1)
    assert scene.ask().failed == 1
    at_noon.advance(hours=1, minutes=1)
    assert scene.ask().answered == 0  # two, the second time
    at_noon.advance(hours=1)
    assert scene.ask().answered == 1
    assert scene.rows("SELECT attempts, last_error FROM streaming.watchmode_titles WHERE attempts > 0") == []


def test_where_watchmode_fails_the_run_ends_and_the_next_takes_up(scene: Scene, shift_clock: Any) -> None:
    go_on(scene, shift_clock)  # rests have to end
    titles = known(scene, 3)
    scene.sandbox.control(do="fault", path=f"/v1/title/{titles[0].watchmode_id}/sources", status=503, times=None)
    done = scene.ask(a_day=1000)
    assert (done.answered, done.failed) == (0, 1)
    assert "watchmode gave no answer" in (done.failure or "")
    assert scene.ask(a_day=1000).answered == 2  # the one that failed waits, so that it is in nobody's way
    scene.sandbox.control(do="reset", parts=["faults"])
    go_on(scene, shift_clock, hours=13)
    assert scene.ask(a_day=1000).answered == 3
    stored = scene.rows("SELECT tmdb_id, answered_at, page_id FROM streaming.watchmode_titles ORDER BY 1")

    go_on(scene, shift_clock, hours=26)
    for title in titles:
        path = f"/v1/title/{title.watchmode_id}/sources"
        scene.sandbox.control(do="fault", path=path, status=503, times=None)
    done = scene.ask(a_day=1000)
    assert (done.answered, done.failed) == (0, 1)
    assert "watchmode gave no answer" in (done.failure or "")
    assert scene.rows("SELECT tmdb_id, answered_at, page_id FROM streaming.watchmode_titles ORDER BY 1") == stored
    scene.sandbox.control(do="reset", parts=["faults"])
    go_on(scene, shift_clock, hours=28)
    assert scene.ask(a_day=1000).answered == 3


def test_429_is_waited_for_and_costs_no_title(scene: Scene, shift_clock: Any) -> None:
    go_on(scene, shift_clock)  # what it asks to wait has to go by
    titles = known(scene, 2)
    scene.sandbox.control(do="fault", path=f"/v1/title/{titles[0].watchmode_id}/sources", status=429, retry_after="0")
    done = scene.ask(a_day=1000)
    assert (done.answered, done.failed, done.failure) == (2, 0, None)
    assert scene.rows("SELECT refused FROM streaming.watchmode_calls ORDER BY day DESC LIMIT 1") == [(1,)]


@pytest.mark.parametrize("fault", [{"status": 429, "retry_after": "0"}, {"status": 500}], ids=["429", "500"])
def test_a_title_that_fails_takes_two_units_and_no_more(
    scene: Scene, shift_clock: Any, fault: dict[str, object]
) -> None:
    go_on(scene, shift_clock)
    title, *_ = known(scene, 2)
    scene.sandbox.control(do="fault", path=f"/v1/title/{title.watchmode_id}/sources", times=None, **fault)
    done = scene.ask(a_day=1000)
    assert (done.answered, done.failed) == (0, 1)
    assert scene.rows("SELECT count(*) FROM ops.api_calls WHERE endpoint LIKE '%/sources'") == [(PAID_TRIES,)]
    units = scene.rows("SELECT used FROM ops.budget_uses WHERE service = 'watchmode' AND period = 'day'")
    assert units == [(PAID_TRIES + 1,)]  # and one for the countries


def test_where_no_region_is_in_the_plan_no_title_is_asked_for(scene: Scene, at_noon: Clock) -> None:
    known(scene, 3)
    done = scene.ask(regions=["FR"])
    assert (done.answered, done.left_out) == (0, ["FR"])
    assert "CATALOG_REGIONS" in (done.failure or "")


def test_a_status_that_cannot_be_read_lets_nothing_be_asked_that_costs(scene: Scene, at_noon: Clock) -> None:
    known(scene, 3)
    scene.sandbox.control(do="fault", path="/v1/status", body="html")
    assert "month's credits" in (scene.ask().failure or "")
    assert scene.truth()["used"] == 0


def test_a_clock_that_differs_from_watchmodes_is_told_until_it_is_set(scene: Scene, at_noon: Clock) -> None:
    known(scene, 3)
    at_noon.followers.clear()
    at_noon.advance(days=1)
    done = scene.ask()
    assert "the database's clock is ahead of Watchmode's by 1440 minutes" in (done.failure or "")
    assert scene.truth()["used"] == 0
    assert "differ" in offenders(scene)["watchmode_is_asked"][0]
    at_noon.advance(days=-1)
    assert scene.ask().answered == 3
    assert offenders(scene) == {}


def test_a_clock_that_jumps_in_the_middle_of_a_run_costs_one_unit_at_most(scene: Scene, at_noon: Clock) -> None:
    known(scene, 5)

    async def jump(client: WatchmodeClient, store: Store) -> None:
        await note_status(client, store)
        at_noon.followers.clear()
        at_noon.advance(days=1)
        await client.get("/v1/regions", {})
        with pytest.raises(ClocksDiffer, match="1440 minutes"):
            await client.get("/v1/sources", {})

    scene.within(jump)
    assert scene.truth()["used"] == 1


def test_the_check_finds_calls_without_a_unit(scene: Scene, at_noon: Clock) -> None:
    known(scene, 2)
    scene.ask()
    scene.connection.execute("UPDATE ops.budget_uses SET used = 2 WHERE period = 'day'")
    assert offenders(scene) == {"budget_never_exceeded": ["day of 2026-11-22: 3 calls with 2 units"]}
    scene.connection.execute("UPDATE ops.budget_uses SET used = 34 WHERE period = 'day'")
    assert offenders(scene) == {"budget_never_exceeded": ["day of 2026-11-22: 34 of 33 units"]}
