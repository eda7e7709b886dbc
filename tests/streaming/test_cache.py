"""Within its time an answer is served unasked; a failure is no answer: the older one is served and says it is stale."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeVar

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_assets.streaming.cache import Answered, UnusableAnswer, answered
from catalog_assets.streaming.requests import Request
from catalog_assets.streaming.store import Store, opened_store
from resources.client import Answer
from resources.databases import Database
from resources.errors import BudgetSpent, PermanentServiceError, ServiceError, ServiceResting
from tests.streaming.conftest import START, Clock

T = TypeVar("T")

TRENDING = Request(
    "tmdb", "trending", "tmdb_trending", "/3/trending/movie/day", {"language": "en-US"}, "movie", time_window="day"
)
TTL = timedelta(hours=3)
RESTING = ServiceResting("it rests", "tmdb", "/3/trending/movie/day")


def read(body: bytes) -> str | None:
    return None if "results" in orjson.loads(body) else "results: it is not there"


@dataclass
class Service:
    """Answers what is put in, one by one."""

    clock: Clock
    answers: list[bytes | ServiceError | int] = field(default_factory=list)
    asked: list[tuple[str, str | None, int]] = field(default_factory=list)

    async def get(self, path: str, params: Mapping[str, str], etag: str | None = None, cost: int = 1) -> Answer:
        self.asked.append((path, etag, cost))
        answer = self.answers.pop(0)
        if isinstance(answer, ServiceError):
            raise answer
        status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
        at = self.clock.at
        return Answer(
            path, dict(params), status, body, at, at + timedelta(seconds=1), 1, 0.0, etag=f'W/"{len(self.asked)}"'
        )


@dataclass
class Scene:
    """A service that answers, its cache, and the clock."""

    source_url: str
    clock: Clock
    service: Service

    def ask(self, request: Request = TRENDING, **given: bool) -> Answered:
        return self.within(lambda store: answered(self.service, store, request, read=read, **given))

    def within(self, what: Callable[[Store], Awaitable[T]]) -> T:
        async def scene() -> T:
            database = Database(self.source_url)
            try:
                async with opened_store(database, "run") as store:
                    return await what(store)
            finally:
                await database.aclose()

        return asyncio.run(scene())

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return self.clock.connection.execute(query.encode()).fetchall()


@pytest.fixture
def scene(source_url: str, clock: Clock) -> Scene:
    return Scene(source_url, clock, Service(clock))


def page(number: int) -> bytes:
    return orjson.dumps({"results": [number]})


def test_within_its_time_an_answer_is_served_unasked(scene: Scene) -> None:
    scene.service.answers = [page(1), page(2)]
    assert (scene.ask().body, scene.ask().is_hit) == (page(1), True)
    scene.clock.advance(hours=2.99)
    assert scene.ask() == Answered(1, page(1), START, is_hit=True)
    scene.clock.advance(hours=0.01)
    again = scene.ask()
    assert (again.body, again.is_hit, again.is_stale, again.sent_at) == (page(2), False, False, START + TTL)
    assert scene.rows("SELECT hits, misses, stale, hit_rate::float8 FROM cache_hit_rates") == [(2, 2, 0, 0.5)]


@pytest.mark.parametrize(
    "failure",
    [RESTING, BudgetSpent("spent", "tmdb"), PermanentServiceError("refused", "tmdb", "", 401), b'{"other": 1}'],
    ids=["an outage", "a spent budget", "a refused key", "an unusable answer"],
)
def test_what_fails_is_no_answer_and_the_older_one_is_served_as_stale(
    scene: Scene, failure: ServiceError | bytes
) -> None:
    scene.service.answers = [page(1), failure, failure, page(2)]
    scene.ask()
    scene.clock.advance(hours=4)
    for _ in range(2):
        served = scene.ask()
        assert (served.body, served.is_stale, served.sent_at) == (page(1), True, START)
        assert served.failure
    recovered = scene.ask()
    assert (recovered.body, recovered.is_stale) == (page(2), False)
    assert scene.rows("SELECT misses, stale FROM cache_uses") == [(2, 2)]
    assert scene.rows("SELECT data FROM streaming_cache") == [({"results": [2]},)]


@pytest.mark.parametrize("failure", [RESTING, BudgetSpent("spent", "tmdb")])
def test_where_there_never_was_an_answer_a_failure_is_raised_and_nothing_stored(
    scene: Scene, failure: ServiceError
) -> None:
    scene.service.answers = [failure]
    with pytest.raises(type(failure)):
        scene.ask()
    assert scene.rows("SELECT count(*) FROM streaming.pages") == [(0,)]


def test_an_unusable_first_answer_is_kept_as_such_and_never_served(scene: Scene) -> None:
    scene.service.answers = [b'{"other": 1}', page(2)]
    with pytest.raises(UnusableAnswer, match=r"/3/trending/movie/day .*results: it is not there.*page 1"):
        scene.ask()
    assert scene.rows("SELECT problem FROM streaming.pages") == [("results: it is not there",)]
    assert scene.ask().body == page(2)


def test_force_passes_over_the_time_and_not_over_the_budget(scene: Scene) -> None:
    scene.service.answers = [page(1), page(2), BudgetSpent("spent", "tmdb")]
    scene.ask()
    assert scene.ask(force=True).body == page(2)
    spent = scene.ask(force=True)
    assert (spent.body, spent.is_stale, spent.failure) == (page(2), True, "spent")


def test_an_answer_that_nothing_changed_renews_the_stored_one(scene: Scene) -> None:
    scene.service.answers = [page(1), 304, page(3)]
    scene.ask()
    scene.clock.advance(hours=5)
    renewed = scene.ask(conditional=True)
    assert (renewed.page_id, renewed.body, renewed.sent_at) == (1, page(1), START + timedelta(hours=5))
    assert scene.service.asked[-1][1] == 'W/"1"'
    scene.clock.advance(hours=2)
    assert scene.ask().is_hit
    assert scene.rows("SELECT created_at, updated_at FROM streaming_cache") == [(START, START + timedelta(hours=5))]
    scene.clock.advance(hours=2)
    assert scene.ask().body == page(3)


def test_that_there_is_no_such_thing_is_an_answer_also_where_one_is_stored(scene: Scene) -> None:
    scene.service.answers = [page(1), PermanentServiceError("no such title", "tmdb", "", 404)]
    scene.ask()
    scene.clock.advance(hours=4)
    with pytest.raises(PermanentServiceError):
        scene.ask()


def test_an_answer_of_the_future_is_not_fresh_once_the_clock_is_right(scene: Scene) -> None:
    scene.clock.advance(days=10)
    scene.service.answers = [page(1), page(2)]
    scene.ask()
    scene.clock.advance(days=-10)
    assert scene.ask().body == page(2)


def test_a_nul_in_one_answer_hides_no_other(scene: Scene) -> None:
    texts = [rb'{"results": ["a\u0000b"]}', rb'{"results": ["a\\u0000b"]}', rb'{"results": ["\\\u0000c"]}']
    for number, body in enumerate(texts):
        scene.service.answers = [body]
        scene.ask(Request("tmdb", "t", "tmdb_trending", f"/{number}"))
    found = {str(row[0]) for row in scene.rows("SELECT data #>> '{results,0}' FROM streaming_cache")}
    assert found == {"ab", "a\\u0000b", "\\c"}


def test_keys_are_of_service_endpoint_path_and_parameters() -> None:
    others = [
        Request("tmdb", "trending", "tmdb_trending", "/3/trending/tv/day", {"language": "en-US"}),
        Request("tmdb", "trending", "tmdb_trending", "/3/trending/movie/day", {"language": "de"}),
        Request("watchmode", "trending", "tmdb_trending", "/3/trending/movie/day", {"language": "en-US"}),
    ]
    keys = {TRENDING.cache_key, *(each.cache_key for each in others)}
    assert len(keys) == 4
    assert TRENDING.cache_key.startswith("tmdb:trending:")
    turned = Request("tmdb", "t", "tmdb_trending", "/", {"a": "1", "b": "2"})
    assert turned.cache_key == Request("tmdb", "t", "tmdb_trending", "/", {"b": "2", "a": "1"}).cache_key


def test_times_to_live_are_those_of_the_settings(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.service.answers = [page(1), page(2)]
    monkeypatch.setenv("TTL_TMDB_TRENDING_H", "0.5")
    scene.ask()
    scene.clock.advance(hours=0.6)
    assert scene.ask().body == page(2)
    found: dict[str, float] = dict(
        scene.clock.connection.execute("SELECT rule, extract(epoch FROM ttl)::float8 / 3600 FROM ttls").fetchall()
    )
    documented = {"tmdb_providers": 24, "trakt_trending": 1, "watchmode_availability": 12, "aggregated_trending": 1}
    assert found.items() >= {**documented, "coming_soon": 24, "tmdb_trending": 0.5}.items()


STEPS = st.lists(
    st.tuples(st.sampled_from([0.5, 2.0, 4.0]), st.sampled_from(["ok", "down", "odd"]), st.booleans()), max_size=8
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_order_of_answers_and_failures_serves_the_newest_good_one(
    scene: Scene, steps: list[tuple[float, str, bool]]
) -> None:
    scene.clock.connection.execute("DELETE FROM streaming.pages")
    scene.clock.set(START)
    good: tuple[datetime, bytes] | None = None
    for number, (hours, what, force) in enumerate(steps):
        scene.clock.advance(hours=hours)
        new = page(number) if what == "ok" else RESTING if what == "down" else b"{}"
        scene.service.answers = [new]
        is_fresh = good is not None and scene.clock.at < good[0] + TTL and not force
        if what == "ok" and not is_fresh:
            good = scene.clock.at, page(number)
        if good is None:
            with pytest.raises(ServiceError):
                scene.ask(force=force)
            continue
        served = scene.ask(force=force)
        assert (served.body, served.sent_at) == (good[1], good[0])
        assert served.is_hit == is_fresh
        assert served.is_stale == (not is_fresh and what != "ok")
