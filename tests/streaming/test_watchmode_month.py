"""Thirty days of asking Watchmode with four processes: who gets a unit, and never more of them than there are.

The truth is the sandbox's ledger. Its clock and the database's are moved together, but for the days on which the
database's is wrong.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from catalog_assets.streaming.watchmode_checks import WATCHMODE_PAGES_CHECKS
from resources.watchmode import MOST_APART
from tests.sandbox_process import running_sandbox
from tests.streaming.conftest import Clock
from tests.streaming.trending import describe_ttls
from tests.streaming.watchmode_scene import Scene, Title, Worker, due, write_titles, write_trending

A_DAY = 33
DAYS = 30
FIRST = datetime(2026, 11, 10, tzinfo=UTC)
MORNING, NIGHT = timedelta(hours=9, minutes=30), timedelta(hours=23, minutes=10)
KILLED_ON = 7
WRONG_ON = {
    12: timedelta(hours=-5),
    15: timedelta(hours=-12),  # over midnight, into a day that was spent
    18: timedelta(hours=15),  # over midnight, into a day of which nothing is spent
    21: timedelta(days=31),  # likewise, and a month
    24: timedelta(minutes=-3),  # within what clocks may differ by
}


@pytest.fixture
def scene(source_url: str, connection: psycopg.Connection) -> Iterator[Scene]:
    with running_sandbox(movies=400, scale=0.01) as sandbox:
        yield Scene(sandbox, source_url, connection)


@pytest.fixture
def workers(scene: Scene) -> Iterator[list[Worker]]:
    started = [Worker(scene) for _ in range(4)]
    yield started
    for worker in started:
        worker.end()


def titles_of(scene: Scene, dice: random.Random) -> list[Title]:
    """Titles that Watchmode knows, of any age; every tenth is no work, and matters only while it is trending."""
    known = [row for row in scene.sandbox.truth("watchmode", ids=1)["ids"] if row["tmdb_id"] is not None]
    days = [(FIRST + timedelta(days=dice.randint(-500, 60))).date() for _ in known]
    return [
        Title(
            row["tmdb_type"],
            row["tmdb_id"],
            row["watchmode_id"],
            is_work=place % 10 != 0,
            day=days[place] if place % 10 != 0 else None,
            popularity=round(dice.uniform(0, 100), 2),
        )
        for place, row in enumerate(known)
    ]


def ranked(titles: list[Title], dice: random.Random) -> list[Title]:
    """The same titles, of which twenty films and as many series are trending now."""
    ranks: dict[int, int] = {}
    for media_type in ("movie", "tv"):
        of_kind = [title.watchmode_id for title in titles if title.media_type == media_type]
        ranks |= {chosen: rank for rank, chosen in enumerate(dice.sample(of_kind, min(20, len(of_kind))), 1)}
    return [
        Title(t.media_type, t.tmdb_id, t.watchmode_id, t.is_work, t.day, t.popularity, ranks.get(t.watchmode_id))
        for t in titles
    ]


def test_a_month_of_four_processes_keeps_to_its_units_and_gives_them_to_those_that_matter(
    scene: Scene, clock: Clock, workers: list[Worker]
) -> None:
    dice = random.Random(5)  # noqa: S311 - the same month every time
    answered: dict[int, datetime] = {}
    titles = titles_of(scene, dice)
    seen = 0

    def set_clocks(at: datetime, *, wrong_by: timedelta = timedelta(0)) -> None:
        scene.sandbox.control(do="clock", set=at.timestamp(), stop=True)
        clock.set(at + wrong_by)

    def refused() -> None:
        """All four are told to ask, and none does while the clocks differ."""
        for worker in workers:
            worker.tell("titles")
        failures = [worker.answer()["failure"] for worker in workers]
        assert all(failure is None or "set the clock of the database's machine" in failure for failure in failures)
        assert any(failures)  # one at a time asks; whoever met another at it has nothing to tell
        assert len(scene.asked()) == seen

    def step(*, with_sources: bool = False, was_stored: bool = False) -> int:
        """All four ask at once; how many titles were asked for, which must be those that come first."""
        nonlocal seen
        expected = due(titles, answered, clock.at)
        for place, worker in enumerate(workers):
            worker.tell("sources" if with_sources and place == 3 else "titles")
        told = [worker.answer() for worker in workers]
        asked = scene.asked()[seen:]
        seen += len(asked)
        assert asked == [title.watchmode_id for title in expected[: len(asked)]]
        assert [each["failure"] for each in told if "failure" in each] == [None] * (4 - with_sources)
        assert sum(each["answered"] for each in told if "answered" in each) == len(asked) + was_stored
        answered.update(scene.rows("SELECT watchmode_id, answered_at FROM streaming.watchmode_titles"))
        return len(asked)

    set_clocks(FIRST)
    write_titles(scene.connection, titles)
    describe_ttls(scene.connection)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        titles = ranked(titles, dice)
        set_clocks(day + MORNING)
        write_trending(scene.connection, titles, clock.at)
        if number == KILLED_ON:
            (stored,) = killed_midway(scene, workers)
            assert stored == due(titles, answered, clock.at)[0].watchmode_id
            answered[stored] = clock.at
            seen += 1
        step(was_stored=number == KILLED_ON)
        wrong_by = WRONG_ON.get(number)
        if wrong_by is not None and abs(wrong_by) > MOST_APART:
            set_clocks(day + MORNING, wrong_by=wrong_by)
            refused()
        elif wrong_by is not None:
            set_clocks(day + MORNING, wrong_by=wrong_by)
            assert step() == 0  # that hour's share was used
        set_clocks(day + NIGHT)
        step(with_sources=number % 3 == 0)

    days = scene.truth()["days"]
    assert {day: counts["credits"] for day, counts in days.items() if counts["credits"] > A_DAY} == {}
    assert len(days) == DAYS
    assert sum(counts["credits"] for counts in days.values()) == DAYS * A_DAY
    offenders = {check.name: list(check.offenders(scene.connection)) for check in WATCHMODE_PAGES_CHECKS}
    assert offenders == {"budget_never_exceeded": [], "watchmode_is_asked": []}
    calls = scene.rows("SELECT day, units FROM streaming.watchmode_calls ORDER BY day")
    assert [units for _, units in calls] == [A_DAY] * DAYS


def killed_midway(scene: Scene, workers: list[Worker]) -> list[int]:
    """A process is killed when an answer is stored and its title not noted yet; what was asked for by then."""
    before = len(scene.asked())
    waiting = "SELECT pid FROM pg_locks WHERE NOT granted AND relation = 'streaming.watchmode_titles'::regclass"
    with psycopg.connect(scene.source_url) as holder:
        holder.execute("LOCK TABLE streaming.watchmode_titles IN EXCLUSIVE MODE")
        workers[0].tell("titles")
        while not (pids := scene.rows(waiting)):
            assert workers[0].process.poll() is None
        workers[0].end()
        scene.rows("SELECT pg_terminate_backend(%s, 10000)", *pids[0])  # or the server would finish its statement
        workers[0] = Worker(scene)
    return scene.asked()[before:]
