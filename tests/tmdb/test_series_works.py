"""Series from lists to tables: what the service says of seasons and episodes is what the tables say, and stays so."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from catalog_assets.jobs import TMDB_INGEST, TMDB_REFRESH, TMDB_TABLES
from catalog_assets.tmdb import refresh as refreshing
from catalog_assets.tmdb.details import BLOCKS
from catalog_assets.tmdb.refresh import refresh
from catalog_assets.tmdb.replay import replay
from resources.client import Answer
from resources.errors import PermanentServiceError
from resources.statements import statement
from tests.tmdb.platform import Jobs, Tmdb, failed_checks
from tests.tmdb.test_merge import failing, tables
from tests.tmdb.test_series import BLOCKS_OF_SERIES, EPISODE, SERIES, SERIES_ID

FORCE = "UPDATE tmdb.refreshes SET forced_at = ops.now()"
EPISODES = (
    "SELECT season_number, episode_number, episode_id, name, air_date::text FROM tmdb.tv_episodes AS e JOIN tmdb.titles"
    " USING (work_id) WHERE tmdb_id = %s ORDER BY 1, 2"
)


def told(tmdb: Tmdb, series: int) -> list[tuple[Any, ...]]:
    """The episodes of a series as the service tells them season by season."""
    whole = tmdb.sandbox.tmdb(f"/tv/{series}").json()
    rows = []
    for season in whole["seasons"]:
        number = season["season_number"]
        for episode in tmdb.sandbox.tmdb(f"/tv/{series}/season/{number}").json()["episodes"]:
            day = episode["air_date"] or None
            rows.append((number, episode["episode_number"], episode["id"], episode["name"] or None, day))
    return sorted(rows, key=lambda row: row[:2])


def test_series_of_a_list_become_works_with_seasons_and_episodes(jobs: Jobs) -> None:
    tmdb = jobs.tmdb
    result = jobs.run(TMDB_INGEST, title_lists={"source": "popular", "max_movies": 3, "max_series": 25})
    assert result.success
    assert failed_checks(result) == set()
    assert tmdb.rows("SELECT media_type, count(*) FROM tmdb.works WHERE title IS NOT NULL GROUP BY 1 ORDER BY 1") == [
        ("movie", 3),
        ("tv", 25),
    ]
    kept = [row[0] for row in tmdb.rows("SELECT tmdb_id FROM tmdb.titles WHERE media_type = 'tv'")]
    for series in kept[:8]:
        assert tmdb.rows(EPISODES, series) == told(tmdb, series)
    assert tmdb.one("SELECT count(*) FROM tmdb.tv_episodes") > 100
    made = {event.asset_key.path[-1] for event in result.get_asset_materialization_events() if event.asset_key}
    assert made == {"title_lists", "title_details", *TMDB_TABLES, "images"}
    ((payload,),) = tmdb.rows(
        "SELECT payload FROM tmdb.work_cards_cache JOIN tmdb.tv_series USING (work_id) ORDER BY work_id LIMIT 1"
    )
    assert payload["media_type"] == "tv"
    assert {"number_of_seasons", "networks", "next_episode", "creators"} <= payload.keys()
    again = jobs.run(TMDB_REFRESH, only=["title_details", *TMDB_TABLES])
    assert again.success
    assert tmdb.one("SELECT movies_ingested FROM tmdb.run_history ORDER BY started_at DESC LIMIT 1") == 0


def test_a_film_and_a_series_of_one_number_are_two_works(tmdb: Tmdb) -> None:
    both = min(set(tmdb.ids()) & set(tmdb.ids("tmdb_series")))
    film, series = *tmdb.want(both), *tmdb.want(both, media_type="tv")
    assert film != series
    assert tmdb.refresh().fetched == 2
    assert tmdb.merge().inserted == 2
    names = dict(tmdb.rows("SELECT media_type, title FROM tmdb.works"))
    assert names["movie"] == tmdb.sandbox.tmdb(f"/movie/{both}").json()["title"]
    assert names["tv"] == tmdb.sandbox.tmdb(f"/tv/{both}").json()["name"]
    assert tmdb.rows("SELECT DISTINCT work_id FROM tmdb.tv_seasons") == [(series,)]


def test_a_season_that_was_left_out_keeps_its_episodes_and_the_series_is_due_again_soon(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=5, media_type="tv")
    tmdb.refresh()
    tmdb.merge()
    series = tmdb.one("SELECT tmdb_id FROM tmdb.tv_seasons JOIN tmdb.titles USING (work_id) WHERE season_number = 1")
    before = tables(tmdb.connection)
    tmdb.sandbox.control(do="fault", path=f"/3/tv/{series}", without=["season/1", "aggregate_credits"])
    tmdb.connection.execute(FORCE)
    assert tmdb.refresh().incomplete == 1
    assert tmdb.merge().unchanged == 5
    after = tables(tmdb.connection)
    assert {name: rows for name, rows in after.items() if name != "contents"} == {
        name: rows for name, rows in before.items() if name != "contents"
    }
    missing = tmdb.one("SELECT missing_blocks FROM tmdb.refreshes WHERE missing_blocks <> '{}'")
    assert missing == ["aggregate_credits", "season/1"]
    assert failing(tmdb.connection) == {}


def test_a_changed_series_is_told_by_the_feed_and_gets_its_new_episodes_ids(jobs: Jobs) -> None:
    tmdb = jobs.tmdb
    jobs.run(TMDB_INGEST, title_lists={"source": "popular", "max_movies": 0, "max_series": 40})
    kept = [row[0] for row in tmdb.rows("SELECT tmdb_id FROM tmdb.titles ORDER BY 1")]
    tmdb.sandbox.control(do="tmdb_change", media_type="tv", ids=kept)
    tmdb.connection.execute("UPDATE tmdb.refreshes SET asked_at = ops.now() - interval '1 day'")
    result = jobs.run(TMDB_REFRESH)
    assert result.success
    assert tmdb.rows("SELECT media_type FROM tmdb.changed_days") == [("tv",)]
    changed = tmdb.rows("SELECT inserted, updated, episodes_removed FROM tmdb.merges ORDER BY merge_id DESC LIMIT 1")
    assert changed[0][0] == 0
    assert changed[0][1] > 30
    assert changed[0][2] == 0  # an episode under a new id stands where it stood
    with_seasons = tmdb.one("SELECT tmdb_id FROM tmdb.tv_seasons JOIN tmdb.titles USING (work_id) ORDER BY 1 LIMIT 1")
    assert tmdb.rows(EPISODES, with_seasons) == told(tmdb, with_seasons)


def test_tables_of_series_are_made_again_from_their_pages(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=30, media_type="tv")
    tmdb.refresh()
    tmdb.merge()
    tmdb.sandbox.control(do="tmdb_change", media_type="tv", count=200)
    tmdb.connection.execute(FORCE)
    tmdb.refresh()
    tmdb.merge()
    result = replay(tmdb.connection)
    assert result.rows["tv_episodes"] == tmdb.one("SELECT count(*) FROM tmdb.tv_episodes") > 0
    assert set(result.differences.values()) == {0}


@dataclass(slots=True)
class LongSeries:
    """A service with one series of many seasons; it can lack seasons, or fail, and tells versions by their content."""

    seasons: int
    episodes: int = 2
    lacks: set[str] = field(default_factory=set)
    fails: set[str] = field(default_factory=set)
    asked: list[list[str]] = field(default_factory=list)
    etags: list[str | None] = field(default_factory=list)

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def get(self, path: str, params: Mapping[str, str], *, etag: str | None = None) -> Answer:
        names = params["append_to_response"].split(",")
        assert len(names) <= 20
        self.asked.append(names)
        self.etags.append(etag)
        if self.fails & set(names):
            raise PermanentServiceError("TMDB answered 400.", "tmdb", path, 400)
        numbers = range(1, self.seasons + 1)
        listed = [{"id": 600 + n, "season_number": n, "episode_count": self.episodes} for n in numbers]
        blocks = {name: BLOCKS_OF_SERIES[name] for name in names if name in BLOCKS["tv"]}
        for season in listed:
            name = f"season/{season['season_number']}"
            if name in names and name not in self.lacks:
                number = season["season_number"]
                episodes = [
                    EPISODE | {"episode_number": n, "season_number": number, "id": 10 * number + n}
                    for n in range(1, self.episodes + 1)
                ]
                blocks[name] = {"season_number": number, "episodes": episodes}
        body = orjson.dumps(SERIES | {"seasons": listed} | blocks)
        tag = hashlib.sha256(body).hexdigest()
        sent_at = datetime.now(UTC) + timedelta(milliseconds=len(self.asked))
        if etag == tag:
            return Answer(path, dict(params), 304, b"", sent_at, sent_at, 1, 0.0, etag=tag)
        return Answer(path, dict(params), 200, body, sent_at, sent_at, 1, 0.0, etag=tag)


def fetch(tmdb: Tmdb, service: LongSeries) -> Any:
    return tmdb.ask(lambda _, store: refresh(service, store))


def test_a_series_of_many_seasons_takes_as_many_requests_as_it_needs(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    service = LongSeries(seasons=45)
    assert fetch(tmdb, service).fetched == 1
    assert [len(names) for names in service.asked] == [20, 20, 17]
    tmdb.merge()
    assert tmdb.rows("SELECT count(*), count(DISTINCT season_number) FROM tmdb.tv_episodes") == [(90, 45)]
    assert tmdb.one("SELECT missing_blocks FROM tmdb.refreshes") == []
    assert tmdb.one("SELECT count(*) FROM tmdb.pages WHERE endpoint = 'details'") == 3
    assert failing(tmdb.connection) == {}
    tmdb.connection.execute("UPDATE tmdb.refreshes SET answered_at = answered_at - interval '40 days'")
    fetch(tmdb, service)
    assert service.etags == [None] * 6  # one answer that is as it was says nothing of the others
    assert tmdb.merge().unchanged == 1


def test_a_request_for_further_seasons_that_fails_is_the_series_failure_and_keeps_what_came(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    done = fetch(tmdb, LongSeries(seasons=12, fails={"season/9"}))
    assert (done.fetched, done.failed) == (0, 1)
    tmdb.merge()
    assert tmdb.one("SELECT count(*) FROM tmdb.tv_episodes") == 16
    assert tmdb.rows("SELECT attempts, last_error IS NOT NULL FROM tmdb.refreshes") == [(1, True)]
    assert tmdb.rows("SELECT reasons FROM tmdb.staleness") == [(["never fetched", "failed"],)]


def test_seasons_that_went_take_their_episodes_along_and_many_at_once_are_reported(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    fetch(tmdb, LongSeries(seasons=45))
    tmdb.merge()
    tmdb.connection.execute(FORCE)
    fetch(tmdb, LongSeries(seasons=10))
    merged = tmdb.merge()
    assert (merged.episodes_removed, merged.episodes_lost) == (70, 70)
    assert tmdb.one("SELECT count(*) FROM tmdb.tv_episodes") == 20
    assert failing(tmdb.connection).keys() == {"few_episodes_removed"}


def test_episodes_under_other_numbers_are_not_lost(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    fetch(tmdb, LongSeries(seasons=60))
    tmdb.merge()
    tmdb.connection.execute(FORCE)
    fetch(tmdb, LongSeries(seasons=1, episodes=120))
    merged = tmdb.merge()
    assert (merged.episodes_removed, merged.episodes_written, merged.episodes_lost) == (118, 118, 0)
    assert failing(tmdb.connection) == {}


def test_a_series_whose_further_seasons_fail_counts_as_failed_alone(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    tmdb.connection.execute(
        "INSERT INTO tmdb.scheduled_ingestion_log (run_id, source, trigger_type, created_at)"
        " VALUES ('run', 'due', 'manual', ops.now())"
    )
    fetch(tmdb, LongSeries(seasons=12, fails={"season/9"}))
    told = {"run_id": "run", "problem": None, "error": None, "is_over": True}
    tmdb.connection.execute(statement("tmdb/finish_log"), told)
    assert tmdb.rows("SELECT movies_ingested, movies_failed, status FROM run_history") == [(0, 1, "partial")]


def test_an_answer_is_asked_for_by_its_etag_only_as_the_same_request(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    service = LongSeries(seasons=2)
    for _ in range(3):
        fetch(tmdb, service)
        tmdb.merge()
        tmdb.connection.execute(
            "UPDATE tmdb.refreshes SET"
            " asked_at = asked_at - interval '40 days', answered_at = answered_at - interval '40 days'"
        )
    assert [names[11:] for names in service.asked] == [
        [f"season/{number}" for number in range(9)],
        ["season/1", "season/2", "season/3"],
        ["season/1", "season/2", "season/3"],
    ]
    assert [etag is not None for etag in service.etags] == [False, False, True]
    assert tmdb.one("SELECT count(*) FROM tmdb.pages WHERE status = 304") == 1


def test_an_answer_is_not_known_any_more_once_a_newer_one_is_stored(tmdb: Tmdb) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    eight = LongSeries(seasons=8)
    for service in (eight, eight, LongSeries(seasons=20, episodes=1, fails={"season/15"}), eight):
        fetch(tmdb, service)
        tmdb.merge()
        tmdb.connection.execute(
            "UPDATE tmdb.refreshes SET not_before = NULL,"
            " asked_at = asked_at - interval '40 days', answered_at = answered_at - interval '40 days'"
        )
    assert eight.etags[-1] is None
    assert tmdb.one("SELECT count(*) FROM tmdb.tv_episodes") == 16


def test_what_waited_too_long_is_leased_anew(tmdb: Tmdb, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refreshing, "LATEST_START_S", -1.0)
    series = tmdb.ids("tmdb_series")[:30]
    tmdb.want(*series, media_type="tv")
    assert tmdb.refresh().fetched == 30
    assert (
        tmdb.one("SELECT count(*) FROM tmdb.pages WHERE params ->> 'append_to_response' LIKE 'aggregate_credits,%'")
        == 30
    )
    assert tmdb.one("SELECT count(*) FROM tmdb.refreshes WHERE lease IS NOT NULL") == 0


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("episodes_have_seasons", "DELETE FROM tmdb.tv_seasons WHERE season_number = 1"),
        ("episodes_have_seasons", "DELETE FROM tmdb.tv_series"),
        (
            "episodes_have_seasons",
            "WITH gone AS (DELETE FROM tmdb.tv_episodes) DELETE FROM tmdb.tv_seasons",
        ),
        ("episodes_are_whole", "DELETE FROM tmdb.tv_episodes WHERE episode_number = 2"),
    ],
)
def test_a_check_finds_damage(tmdb: Tmdb, check: str, damage: str) -> None:
    tmdb.want(SERIES_ID, media_type="tv")
    fetch(tmdb, LongSeries(seasons=3))
    tmdb.merge()
    assert failing(tmdb.connection) == {}
    tmdb.connection.execute(damage.encode())
    assert check in failing(tmdb.connection)
