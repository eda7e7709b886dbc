"""What is there to look at: described columns, notices that are due, and views that count in the database."""

import psycopg
import pytest

from tests.tmdb.platform import Tmdb


@pytest.mark.parametrize("view", ["works", "works_meta"])
def test_every_column_of_a_documented_view_is_described(source_url: str, view: str) -> None:
    with psycopg.connect(source_url) as connection:
        found = connection.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = ('tmdb.' || %s)::regclass AND attnum > 0"
            " AND col_description(attrelid, attnum) IS NULL",
            (view,),
        ).fetchall()
    assert {name for (name,) in found} <= {"tagline", "overview", "keywords", "homepage", "adult"}


def test_the_notices_that_are_due_are_kept_word_for_word(source_url: str) -> None:
    with psycopg.connect(source_url) as connection:
        notices: dict[str, str] = dict(connection.execute("SELECT source, notice FROM attributions").fetchall())
    assert notices["tmdb"] == (
        "This product uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB."
    )
    assert "JustWatch" in notices["justwatch"]


def test_calls_and_the_backlog_are_counted_in_the_database(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=10)
    bad = tmdb.one("SELECT min(tmdb_id) FROM tmdb.titles")
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{bad}", body="cut")
    tmdb.refresh()
    calls = tmdb.rows("SELECT endpoint, status, calls, p50_ms <= p95_ms, top_error FROM calls_by_endpoint ORDER BY 1")
    assert calls == [("/3/movie/popular", 200, 1, True, None), ("/3/movie/…", 200, 10, True, None)]
    backlog = tmdb.rows("SELECT priority, status, retry_count, titles, top_error IS NOT NULL FROM queue_backlog")
    assert backlog == [(30, "waiting", 1, 1, True)]
