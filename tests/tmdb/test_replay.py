"""A replay makes of the pages what the merges made of them, since when included, and finds what was damaged."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from catalog_assets.tmdb import replay as replaying
from catalog_assets.tmdb.details import Details, read_details
from catalog_assets.tmdb.models import MediaType
from catalog_assets.tmdb.replay import ReplayResult, replay
from catalog_assets.tmdb.retention import remove_expired
from tests.tmdb.platform import Tmdb

FILMS = 12
TABLES = ("contents", "details", "aggregates", "similar_movies", "work_cards_cache")


def refreshed(tmdb: Tmdb, films: Sequence[int], *, changed: Sequence[int] = (), lacking: Sequence[int] = ()) -> None:
    """Some of these films change, the answers about some of those lack blocks; all are fetched again and merged."""
    if changed:
        tmdb.sandbox.control(do="tmdb_change", ids=list(changed))
    for film in lacking:
        tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", without=["credits", "similar"])
    tmdb.connection.execute(
        "UPDATE tmdb.refreshes AS r SET changed_at = ops.now() FROM tmdb.titles AS t"
        " WHERE r.work_id = t.work_id AND t.tmdb_id = ANY(%s)",
        (list(films),),
    )
    tmdb.refresh()
    tmdb.merge()


@pytest.fixture
def merged(tmdb: Tmdb) -> Tmdb:
    """Films merged four times: with all blocks, with some missing, unchanged (304), and some of them gone."""
    films = tmdb.ids()[:FILMS]
    tmdb.want(*films, 99_999_999)
    tmdb.refresh()
    tmdb.merge()
    refreshed(tmdb, films[:8], changed=films[:4], lacking=films[2:4])
    refreshed(tmdb, films)
    tmdb.sandbox.control(do="tmdb_remove", ids=films[-2:])
    refreshed(tmdb, films, changed=films[4:6])
    return tmdb


def rows(tmdb: Tmdb) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of the tables as it stands, in the order of its text."""
    return {name: tmdb.rows(f"SELECT t.* FROM tmdb.{name} AS t ORDER BY t::text") for name in TABLES}  # noqa: S608


def differing(result: ReplayResult) -> Mapping[str, int]:
    return {name: number for name, number in result.differences.items() if number}


def test_what_is_made_again_is_what_there_was_and_asks_for_nothing(merged: Tmdb) -> None:
    answers = dict(merged.rows("SELECT status, count(*) FROM tmdb.pages GROUP BY status"))
    assert set(answers) == {200, 304, 404}
    assert merged.one("SELECT count(*) FROM tmdb.contents WHERE block_pages <> '{}'") > 0
    assert merged.one("SELECT count(DISTINCT changed_at) FROM tmdb.contents") > 2
    before, requests = rows(merged), merged.requests()
    result = replay(merged.connection)
    assert differing(result) == {}
    assert result.merges == 4
    assert result.rows["contents"] == result.rows["work_cards_cache"] == FILMS
    assert result.rows["pages"] == answers[200]
    assert (rows(merged), merged.requests()) == (before, requests)
    assert differing(replay(merged.connection, swap=True)) == {}
    assert rows(merged) == before


def test_since_when_stays_although_retention_removed_the_page(
    tmdb: Tmdb, shift_clock: Callable[[psycopg.Connection, timedelta], None]
) -> None:
    tmdb.want(*tmdb.ids()[:FILMS])
    tmdb.refresh()
    tmdb.merge()
    shift_clock(tmdb.connection, timedelta(days=151))
    tmdb.sandbox.control(do="tmdb_change", ids=tmdb.ids()[:3])
    tmdb.refresh()
    assert tmdb.merge().updated == 3
    shift_clock(tmdb.connection, timedelta(days=181))
    assert remove_expired(tmdb.connection).pages == FILMS
    before = rows(tmdb)
    assert tmdb.one("SELECT count(DISTINCT changed_at) FROM tmdb.contents") == FILMS
    assert differing(replay(tmdb.connection, swap=True)) == {}
    assert rows(tmdb) == before
    tmdb.connection.execute("UPDATE tmdb.contents SET changed_at = ops.now() WHERE work_id = 9")
    assert differing(replay(tmdb.connection)) == {"contents": 1}


def test_a_damaged_row_is_found_and_a_swap_mends_it(merged: Tmdb) -> None:
    work = merged.one("SELECT min(work_id) FROM tmdb.similar_movies")
    before = rows(merged)
    for damage in (
        "UPDATE tmdb.details SET title = 'another' WHERE true",
        "UPDATE tmdb.contents SET changed_at = changed_at + interval '1 second' WHERE true",
        "UPDATE tmdb.work_cards_cache SET computed_at = ops.now() WHERE true",
        "UPDATE tmdb.similar_movies SET similar_tmdb_id = 1 WHERE source = 'tmdb_similar' AND rank_order = 1",
        "DELETE FROM tmdb.rating_sources WHERE true",
        "DELETE FROM tmdb.aggregates WHERE true",
    ):
        merged.connection.execute(f"{damage} AND work_id = {work}".encode())
    damaged = dict.fromkeys(("contents", "details", "rating_sources", "work_cards_cache"), 1)
    damaged |= {"aggregates": 2, "similar_movies": 2}
    result = replay(merged.connection)
    assert differing(result) == damaged
    shown = {(each.table, each.only_in): each for each in result.shown}
    assert all(each.row["work_id"] == work for each in result.shown)
    assert set(shown[("contents", None)].columns or {}) == {"changed_at"}
    assert (shown[("details", None)].columns or {})["title"][0] == "another"
    assert {("rating_sources", "made"), ("similar_movies", "present"), ("similar_movies", "made")} < set(shown)
    assert differing(replay(merged.connection, swap=True)) == damaged
    assert differing(replay(merged.connection)) == {}
    assert rows(merged) == before


def test_a_page_that_is_refused_now_is_a_difference_and_the_page_before_it_counts(
    merged: Tmdb, monkeypatch: pytest.MonkeyPatch
) -> None:
    page, work = merged.rows(
        "SELECT c.page_id, c.work_id FROM tmdb.contents AS c JOIN tmdb.titles AS t USING (work_id)"
        " WHERE EXISTS (SELECT FROM tmdb.pages AS p"
        "  WHERE p.tmdb_id = t.tmdb_id AND p.status = 200 AND p.page_id < c.page_id)"
        " ORDER BY c.page_id DESC LIMIT 1"
    )[0]
    refused = merged.one("SELECT body_sha256 FROM tmdb.pages WHERE page_id = %s", page)

    def stricter(body: bytes, tmdb_id: int, media_type: MediaType) -> Details:
        found = merged.one("SELECT sha256(%s::bytea)", body)
        return Details(tmdb_id, problem="not any more") if found == refused else read_details(body, tmdb_id, media_type)

    monkeypatch.setattr(replaying, "read_details", stricter)
    result = replay(merged.connection)
    assert result.differences["pages"] == 1
    shown = {each.table: each for each in result.shown}
    assert shown["pages"].row == {"page_id": page}
    assert shown["pages"].columns is not None
    assert shown["pages"].columns["problem"] == (None, "not any more")
    assert shown["contents"].row == {"work_id": work}
    assert shown["contents"].columns is not None
    assert shown["contents"].columns["page_id"][1] < page
    assert merged.one("SELECT problem FROM tmdb.pages WHERE page_id = %s", page) is None
    replay(merged.connection, swap=True)
    assert merged.one("SELECT problem FROM tmdb.pages WHERE page_id = %s", page) == "not any more"
    assert merged.merge().pages == 0
    assert differing(replay(merged.connection)) == {}


def test_tables_are_read_and_films_are_fetched_while_a_replay_is_under_way(merged: Tmdb) -> None:
    work = merged.one("SELECT min(work_id) FROM tmdb.works WHERE gone_at IS NULL")
    with merged.connection.transaction(force_rollback=True):
        replay(merged.connection, swap=True)
        with psycopg.connect(merged.source_url, autocommit=True, options="-c lock_timeout=1000") as reader:
            assert reader.execute("SELECT count(*) FROM tmdb.works_meta").fetchone() == (FILMS,)
            reader.execute("UPDATE tmdb.refreshes SET forced_at = ops.now() WHERE work_id = %s", (work,))
        assert merged.refresh(only=[work]).fetched == 1
