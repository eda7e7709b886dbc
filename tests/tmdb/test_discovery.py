"""Lists are read until enough new films are found; the feed of changes makes due what is kept, and nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest

from catalog_assets.tmdb.changes import ChangedDay, read_changed_day
from catalog_assets.tmdb.discovery import SOURCES, UnknownSource
from tests.tmdb.platform import Tmdb


def feed(tmdb: Tmdb, day: date) -> ChangedDay:
    return tmdb.ask(lambda client, store: read_changed_day(client, store, day, media_type="movie"))


def today() -> date:
    return datetime.now(UTC).date()


@pytest.mark.parametrize("source", SOURCES)
def test_every_source_finds_films(tmdb: Tmdb, source: str) -> None:
    few = 3 if source in {"now_playing", "upcoming"} else 25
    found = tmdb.discover(source, most=few)
    assert found.problem is None
    assert found.added == tmdb.one("SELECT count(*) FROM tmdb.titles") <= few
    assert found.checked >= found.added
    lists = {row[0] for row in tmdb.rows("SELECT source FROM tmdb.pages")}
    assert lists <= set(SOURCES[source])
    assert {row[0] for row in tmdb.rows("SELECT wanted_by FROM tmdb.titles")} <= lists


def test_pages_are_read_until_enough_new_films_are_found(tmdb: Tmdb) -> None:
    assert tmdb.discover("popular", most=30).pages == 2
    again = tmdb.discover("popular", most=30)
    assert (again.pages, again.added) == (3, 30)
    assert tmdb.one("SELECT count(*) FROM tmdb.titles") == 60


def test_a_list_that_ends_ends_the_search(tmdb: Tmdb) -> None:
    found = tmdb.discover("popular", most=10_000)
    assert found.added == len(tmdb.ids())
    assert {row[0] for row in tmdb.rows("SELECT tmdb_id FROM tmdb.titles")} == set(tmdb.ids())
    assert tmdb.discover("popular", most=5).added == 0


def test_trending_is_not_read_beyond_what_is_documented(tmdb: Tmdb) -> None:
    assert tmdb.discover("trending", most=10_000).pages == 5


def test_none_wanted_asks_for_nothing(tmdb: Tmdb) -> None:
    assert tmdb.discover("all", most=0).pages == 0
    assert tmdb.requests() == 0


def test_an_unknown_source_is_an_error(tmdb: Tmdb) -> None:
    with pytest.raises(UnknownSource, match="mixed_daily"):
        tmdb.discover("mixed_hourly")


def test_a_list_that_cannot_be_read_is_said_and_the_others_count(tmdb: Tmdb) -> None:
    tmdb.sandbox.control(do="fault", path="/3/movie/popular", body="html")
    found = tmdb.discover("mixed_weekly", most=20)
    assert found.problem is not None
    assert "popular" in found.problem
    assert found.added == 20
    assert tmdb.one("SELECT count(*) FROM tmdb.rejected_items WHERE endpoint = 'list'") == 1


def test_the_feed_makes_due_what_is_kept_and_adds_nothing(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=150)
    tmdb.refresh()
    tmdb.connection.execute("UPDATE tmdb.refreshes SET asked_at = asked_at - interval '1 hour'")
    kept = sorted(row[0] for row in tmdb.rows("SELECT tmdb_id FROM tmdb.titles"))
    tmdb.sandbox.control(do="tmdb_change", ids=kept[:30])
    read = feed(tmdb, today())
    assert read.problem is None
    named = {
        row["id"] for row in tmdb.sandbox.tmdb("/movie/changes", start_date=today(), end_date=today()).json()["results"]
    }
    assert read.ids >= len(named)
    due = {
        row[0] for row in tmdb.rows("SELECT tmdb_id FROM refresh_queue WHERE 'changed at the source' = ANY(reasons)")
    }
    assert due == named & set(kept)
    assert len(due) >= 20
    assert tmdb.one("SELECT count(*) FROM tmdb.titles") == 150


def test_a_change_before_the_film_was_fetched_asks_for_nothing(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=100)
    tmdb.refresh()
    feed(tmdb, today() - timedelta(days=3))
    assert tmdb.one("SELECT count(*) FROM refresh_queue") == 0


def test_a_day_counts_as_read_only_when_it_was_read_to_its_end(tmdb: Tmdb) -> None:
    tmdb.sandbox.control(do="fault", path="/3/movie/changes", body="cut")
    assert feed(tmdb, today()).problem is not None
    assert tmdb.one("SELECT count(*) FROM tmdb.changed_days") == 0
    assert feed(tmdb, today()).problem is None
    assert tmdb.rows("SELECT day FROM tmdb.changed_days") == [(today(),)]
