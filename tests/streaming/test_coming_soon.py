"""What is coming has dates ahead alone, by region and kind of title, from every source; what moves is followed."""

from datetime import UTC, date, datetime, timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.streaming.coming_soon import MOST_REQUESTS, first_dates
from catalog_assets.streaming.coming_soon_checks import COMING_SOON_CHECKS
from catalog_assets.streaming.coming_soon_replay import replay_coming_soon
from resources.errors import BudgetSpent
from tests.sandbox_process import PROJECT
from tests.streaming.coming import DOWN, Scene, Service, film, release
from tests.streaming.conftest import START, Clock

RECORDED = PROJECT.parent / "shared" / "recorded"


@pytest.fixture
def scene(source_url: str, clock: Clock) -> Scene:
    return Scene(source_url, clock, Service(clock), Service(clock))


def found(scene: Scene, *, blocking: bool = True) -> list[str]:
    """What checks find."""
    return [
        offender
        for check in COMING_SOON_CHECKS
        if check.blocking is blocking
        for offender in check.offenders(scene.connection)
    ]


def is_replayed(scene: Scene) -> bool:
    return sum(replay_coming_soon(scene.connection).differences.values()) == 0


def test_sources_are_merged_by_title_and_region_with_the_earliest_day_and_every_service(scene: Scene) -> None:
    scene.tmdb.films = {
        "US": [film(1, scene.day(9)), film(2, scene.day(3)), film(3, scene.day(5))],
        "IN": [film(1, scene.day(7))],
    }
    scene.watchmode.releases = [
        release(11, scene.day(4), tmdb_id=1, tmdb_type="movie"),
        release(11, scene.day(6), tmdb_id=1, tmdb_type="movie", source_id=26, source_name="Prime Video"),
        release(31, scene.day(2), tmdb_id=3, tmdb_type="tv", season_number=4, title="A Series", type="tv_series"),
    ]
    scene.fetch()
    made = scene.make()
    assert (made.rows, made.releases, made.unmapped) == (5, 3, 0)
    what = "media_type, tmdb_id, region, release_date, title, source, streaming_services, season_number"
    assert scene.coming(what) == [
        ("tv", 3, "US", scene.day(2), "A Series", "watchmode", ["Netflix"], 4),
        ("movie", 2, "US", scene.day(3), "Film 2", "tmdb", [], None),
        ("movie", 1, "US", scene.day(4), "Film 1", "aggregated", ["Netflix", "Prime Video"], None),
        ("movie", 3, "US", scene.day(5), "Film 3", "tmdb", [], None),
        ("movie", 1, "IN", scene.day(7), "Film 1", "tmdb", [], None),
    ]
    assert scene.coming("poster_path, fetched_at, expires_at, is_stale", "tmdb_id = 2") == [
        ("/2.jpg", START, START + timedelta(days=1), False)
    ]
    assert [asked["page"] for asked in scene.tmdb.asked if asked["region"] == "US"] == ["1", "2"]
    assert scene.watchmode.asked == [{"start_date": "20261122", "end_date": "20261222", "limit": "250"}]
    assert found(scene) == []
    assert is_replayed(scene)


def test_what_has_come_is_never_coming_and_vanishes_as_days_pass_unasked(scene: Scene) -> None:
    scene.tmdb.films = {
        "US": [film(1, scene.day(0)), film(2, scene.day(-9)), film(3, scene.day(1)), film(4, None), film(5, "soon")],
        "IN": [film(6, scene.day(2)), film(7, "")],
    }
    scene.watchmode.releases = [release(91, scene.day(0), tmdb_id=9, tmdb_type="movie")]
    scene.fetch()
    scene.make()
    assert scene.coming() == [(3, scene.day(1)), (6, scene.day(2))]
    scene.clock.set(datetime(2026, 11, 22, 23, 59, tzinfo=UTC))
    assert [row[0] for row in scene.coming()] == [3, 6]
    scene.clock.set(datetime(2026, 11, 23, 0, 0, tzinfo=UTC))
    assert [row[0] for row in scene.coming()] == [6]
    assert found(scene) == []
    scene.clock.advance(days=1)
    assert scene.coming() == []
    scene.connection.execute("UPDATE streaming.coming_soon SET release_date = '2026-11-22'")
    assert found(scene) == ["movie 3 in US on 2026-11-22", "movie 6 in IN on 2026-11-22"]


def test_rows_without_an_id_are_mapped_or_dropped_and_never_become_one_title(scene: Scene) -> None:
    scene.connection.execute(
        "INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id) VALUES ('movie', 5, 51), ('tv', 5, 52)"
    )
    scene.watchmode.releases = [
        release(51, scene.day(2)),
        release(52, scene.day(3), season_number=1),
        release(53, scene.day(4)),
        release(54, scene.day(5), tmdb_id=8),
    ]
    scene.fetch()
    made = scene.make()
    assert (made.releases, made.unmapped, made.rows) == (4, 2, 2)
    assert scene.coming("media_type, tmdb_id, release_date") == [("movie", 5, scene.day(2)), ("tv", 5, scene.day(3))]
    assert is_replayed(scene)


def test_a_film_comes_to_a_region_by_its_first_date_there_premieres_apart(scene: Scene) -> None:
    scene.tmdb.films = {
        region: [film(1, scene.day(2)), film(2, scene.day(3)), film(3, scene.day(4)), film(4, scene.day(-30))]
        for region in ("US", "IN")
    }
    scene.store_details(
        1, {"IN": [(1, scene.day(1)), (4, scene.day(20)), (3, scene.day(6))], "GB": [(3, scene.day(1))]}
    )
    scene.store_details(2, {"US": [(3, scene.day(-5)), (4, scene.day(8))]})
    scene.store_details(4, {"IN": [(3, scene.day(5))]})
    scene.fetch()
    scene.make()
    assert scene.coming("tmdb_id, region, release_date") == [
        (1, "US", scene.day(2)),
        (2, "IN", scene.day(3)),
        (3, "IN", scene.day(4)),
        (3, "US", scene.day(4)),
        (4, "IN", scene.day(5)),
        (1, "IN", scene.day(6)),
    ]
    scene.store_details(3, {"US": [(3, scene.day(11))]})
    assert is_replayed(scene)
    scene.make()
    assert scene.coming("release_date", "tmdb_id = 3 AND region = 'US'") == [(scene.day(11),)]


def test_days_that_move_are_followed_and_their_history_is_kept(scene: Scene) -> None:
    scene.fetch()
    told = {"tmdb_id": 1, "tmdb_type": "tv", "season_number": 2}
    for days in (10, 14, 14, 10):
        scene.watchmode.releases = [release(11, date(2026, 11, 22) + timedelta(days=days), **told)]
        scene.day_passes()
        assert scene.coming() == [(1, date(2026, 11, 22) + timedelta(days=days))]
        assert is_replayed(scene)
    words = "release_date, announced_at::date, last_said_at::date, is_present"
    assert scene.rows(f"SELECT {words} FROM release_dates ORDER BY announced_at") == [  # noqa: S608
        (date(2026, 12, 2), date(2026, 11, 23), date(2026, 11, 23), False),
        (date(2026, 12, 6), date(2026, 11, 24), date(2026, 11, 25), False),
        (date(2026, 12, 2), date(2026, 11, 26), date(2026, 11, 26), True),
    ]
    scene.watchmode.releases = []
    made = scene.day_passes()
    assert (scene.coming(), made.releases) == ([], 0)
    assert scene.rows("SELECT count(*) FILTER (WHERE is_present), count(*) FROM release_dates") == [(0, 3)]
    assert found(scene) == []


def test_a_source_that_is_down_for_a_day_is_served_stale_and_leaves_the_other_alone(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(1, scene.day(5)), film(2, scene.day(6)), film(3, scene.day(7))]}
    scene.watchmode.releases = [release(41, scene.day(8), tmdb_id=4, tmdb_type="movie")]
    scene.fetch()
    scene.make()
    assert found(scene, blocking=False) == []

    scene.tmdb.failure = DOWN
    scene.watchmode.releases.append(release(51, date(2026, 11, 30), tmdb_id=5, tmdb_type="movie"))
    asked = len(scene.tmdb.asked)
    scene.clock.advance(days=1)
    upcoming, releases = scene.fetch()
    assert (scene.uses["stale"], len(upcoming.problems), releases.problems) == (2, 2, [])
    assert len(scene.tmdb.asked) == asked + 2
    scene.make()
    assert [row[0] for row in scene.coming()] == [1, 2, 3, 4, 5]
    assert scene.coming("tmdb_id", "is_stale") == [(1,), (2,), (3,)]
    assert found(scene, blocking=False) == ["3 rows of tmdb in US, the oldest answer of 2026-11-22 09:00:00 UTC"]

    scene.tmdb.failure, scene.watchmode.failure = None, BudgetSpent("spent", "watchmode")
    scene.clock.advance(days=1)
    upcoming, releases = scene.fetch()
    assert (upcoming.problems, releases.pages, releases.problems) == ([], 0, ["releases: spent"])
    scene.make()
    assert scene.coming("tmdb_id", "is_stale") == [(4,), (5,)]

    scene.watchmode.failure = None
    scene.day_passes()
    assert ([row[0] for row in scene.coming()], scene.coming("tmdb_id", "is_stale")) == ([1, 2, 3, 4, 5], [])
    assert is_replayed(scene)


def test_an_answer_within_its_time_costs_no_request_and_force_asks_again(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(1, scene.day(5))]}
    scene.fetch()
    scene.clock.advance(hours=23.5)
    scene.fetch()
    assert (scene.uses["hits"], len(scene.watchmode.asked)) == (2, 2)  # the day in Los Angeles is another
    scene.fetch()
    assert (scene.uses["hits"], len(scene.watchmode.asked)) == (3, 2)
    scene.fetch(force=True)
    assert (scene.uses["hits"], len(scene.watchmode.asked)) == (0, 3)


def test_more_releases_than_one_answer_holds_are_asked_for_in_shorter_spans(scene: Scene) -> None:
    scene.watchmode.releases = [
        release(100 * days + number, scene.day(days), tmdb_id=100 * days + number, tmdb_type="movie")
        for days in range(1, 31)
        for number in range(10)
    ]
    _, releases = scene.fetch()
    assert (releases.pages, releases.problems) == (3, [])
    spans = [(asked["start_date"], asked["end_date"]) for asked in scene.watchmode.asked]
    assert spans == [("20261122", "20261222"), ("20261122", "20261207"), ("20261208", "20261222")]
    assert scene.make().rows == 300
    assert is_replayed(scene)
    scene.watchmode.releases *= 3
    scene.watchmode.asked.clear()
    _, releases = scene.fetch(force=True)
    assert len(scene.watchmode.asked) == MOST_REQUESTS
    assert releases.problems == ["releases: 3 spans of days were not asked for, to spare the budget"]


def test_releases_cost_no_unit_while_nobody_knows_how_many_are_left(scene: Scene) -> None:
    scene.watchmode.status = DOWN
    _, releases = scene.fetch()
    assert (releases.pages, releases.problems, scene.watchmode.asked) == (0, [f"status: {DOWN}"], [])
    scene.watchmode.status = None
    assert scene.fetch()[1].problems == []
    assert scene.watchmode.statuses == 2
    scene.clock.advance(minutes=50)
    scene.fetch(force=True)
    assert scene.watchmode.statuses == 2  # it was read within the hour
    scene.watchmode.status = DOWN
    scene.clock.advance(minutes=50)
    _, releases = scene.fetch(force=True)  # the budget of before still holds
    assert (releases.pages, releases.problems, len(scene.watchmode.asked)) == (1, [f"status: {DOWN}"], 3)


@pytest.mark.parametrize(
    ("behind", "told"),
    [
        (timedelta(hours=1), "ahead of Watchmode's by 60 minutes"),
        (timedelta(days=-2), "behind Watchmode's by 2880 minutes"),
        (timedelta(minutes=5), None),
        (timedelta(minutes=-5), None),
    ],
)
def test_releases_cost_no_unit_while_the_clock_is_wrong(scene: Scene, behind: timedelta, told: str | None) -> None:
    scene.fetch()  # so that the month is known
    scene.clock.advance(hours=2)
    scene.watchmode.behind = behind
    _, releases = scene.fetch(force=True)
    if told is None:
        assert (releases.problems, len(scene.watchmode.asked)) == ([], 2)
        return
    (problem,) = releases.problems
    assert told in problem
    assert (releases.pages, len(scene.watchmode.asked)) == (0, 1)
    assert scene.rows("SELECT count(*) FROM streaming.watchmode_credits") == [(1,)]  # of a wrong time nothing is noted
    scene.watchmode.behind = timedelta(0)
    assert scene.fetch(force=True)[1].problems == []


def test_clocks_are_compared_on_each_day_before_a_unit_of_it_is_used(scene: Scene) -> None:
    scene.clock.set(scene.clock.at.replace(hour=23, minute=40))
    scene.fetch()
    scene.watchmode.behind = timedelta(minutes=40)
    scene.clock.advance(minutes=40)  # the clock was put forward over midnight, though it was asked within the hour
    assert "ahead of" in scene.fetch(force=True)[1].problems[0]
    assert len(scene.watchmode.asked) == 1


@pytest.mark.parametrize(("at", "behind"), [((0, 1), 4), ((23, 58), -4)], ids=["ahead", "behind"])
def test_over_midnight_clocks_that_differ_by_minutes_show_different_days(
    scene: Scene, at: tuple[int, int], behind: int
) -> None:
    hour, minute = at
    scene.clock.set(scene.clock.at.replace(hour=hour, minute=minute))
    scene.watchmode.behind = timedelta(minutes=behind)
    assert "by 4 minutes" in scene.fetch()[1].problems[0]
    assert scene.watchmode.asked == []


def test_a_clock_that_was_set_back_knows_nothing_of_the_month_until_clocks_are_compared(scene: Scene) -> None:
    scene.fetch()
    scene.clock.advance(days=1)
    scene.fetch()
    assert len(scene.watchmode.asked) == 2
    scene.clock.advance(days=-1)  # into the hour in which it was asked before
    scene.watchmode.behind = timedelta(days=-1)
    assert "behind Watchmode's" in scene.fetch(force=True)[1].problems[0]
    assert len(scene.watchmode.asked) == 2


def test_regions_that_are_not_configured_any_more_go_and_watchmode_tells_of_the_usa_alone(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(1, scene.day(5))], "IN": [film(1, scene.day(6))]}
    scene.watchmode.releases = [release(21, scene.day(4), tmdb_id=2, tmdb_type="movie")]
    scene.fetch()
    scene.make()
    assert [row[0] for row in scene.coming("tmdb_id")] == [2, 1, 1]
    scene.make(["IN"])
    assert scene.coming("tmdb_id, region") == [(1, "IN")]
    assert found(scene) == []


def test_a_shorter_list_forgets_what_its_last_pages_held(scene: Scene) -> None:
    scene.tmdb.films = {"US": [film(number, scene.day(5)) for number in range(1, 6)]}
    scene.fetch()
    assert scene.make().rows == 5
    scene.tmdb.films = {"US": [film(number, scene.day(5)) for number in (1, 2, 3)]}
    assert scene.day_passes().rows == 3


def test_recorded_answers_are_read_whole(scene: Scene) -> None:
    if not RECORDED.is_dir():
        pytest.skip("the recorded answers lie beside the checkout where there are any")
    films = orjson.loads((RECORDED / "tmdb" / "movie_upcoming.json").read_bytes())["results"]
    releases = orjson.loads((RECORDED / "watchmode" / "releases.json").read_bytes())["releases"]
    scene.tmdb.films, scene.watchmode.releases = {"US": films}, releases
    days = sorted(row["source_release_date"] for row in releases)
    scene.clock.set(datetime.fromisoformat(days[0]).replace(tzinfo=UTC) - timedelta(days=1, hours=-12))
    scene.fetch()
    made = scene.make()
    assert (made.rejected, made.rows) == (0, len({row["tmdb_id"] for row in releases} | {row["id"] for row in films}))
    details = orjson.loads((RECORDED / "tmdb" / "movie_550_release_dates.json").read_bytes())
    assert first_dates({"release_dates": details})["US"] == "1999-10-15"


WORDS = st.lists(
    st.lists(st.tuples(st.integers(1, 3), st.integers(0, 12)), max_size=4, unique_by=lambda word: word[0]), max_size=6
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=WORDS)
def test_whatever_is_announced_the_newest_word_counts_and_a_replay_is_equal(
    scene: Scene, words: list[list[tuple[int, int]]]
) -> None:
    scene.connection.execute("TRUNCATE streaming.pages CASCADE")
    scene.clock.set(START)
    told: dict[int, list[date]] = {}
    for said in words:
        scene.clock.advance(days=1)
        rows = [(number, scene.day(days)) for number, days in said]
        scene.watchmode.releases = [release(number, day, tmdb_id=number, tmdb_type="movie") for number, day in rows]
        scene.fetch()
        scene.make()
        for number, day in rows:
            if told.setdefault(number, [])[-1:] != [day]:
                told[number].append(day)
        assert scene.coming() == sorted(
            ((number, day) for number, day in rows if day > scene.today), key=lambda row: (row[1], row[0])
        )
    kept = scene.rows(
        "SELECT watchmode_id, array_agg(release_date ORDER BY announced_at) FROM release_dates GROUP BY 1"
    )
    assert dict(kept) == told
    assert is_replayed(scene)
