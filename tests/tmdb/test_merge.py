"""Works are a function of their pages: any order of merging gives the same; what is missing empties nothing."""

from itertools import pairwise
from random import Random
from typing import Any

import psycopg
import pytest

from catalog_assets.tmdb.checks import CHECKS
from catalog_assets.tmdb.merge import merge_details
from catalog_assets.tmdb.retention_asset import RETAINED_CHECKS
from tests.tmdb.platform import Tmdb

TABLES = (
    "contents",
    "details",
    "tv_series",
    "tv_seasons",
    "tv_episodes",
    "rating_sources",
    "aggregates",
    "similar_movies",
    "work_cards_cache",
)
SURROGATES = {"rating_id"}
SINCE_WHEN = {"changed_at", "created_at", "last_seen_at", "computed_at", "last_updated"}
"""Times that say since when a content stands: those of the merge that first met it."""


def tables(connection: psycopg.Connection) -> dict[str, list[Any]]:
    """Every row of every table of works, without surrogate keys and since when each content stands."""
    return {
        table: sorted(
            (
                _shown(row[0])
                for row in connection.execute(f"SELECT to_jsonb(t) FROM tmdb.{table} AS t".encode())  # noqa: S608
            ),
            key=str,
        )
        for table in TABLES
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    left = {name: value for name, value in row.items() if name not in SURROGATES | SINCE_WHEN}
    if "payload" in left:
        left["payload"] = _shown(left["payload"])
    return left


def failing(connection: psycopg.Connection) -> dict[str, list[str]]:
    """The checks of works that find somebody, without those that odd films of the service always meet."""
    checks = [check for each in (*CHECKS.values(), RETAINED_CHECKS) for check in each]
    found = {check.name: list(check.offenders(connection)) for check in checks}
    return {name: offenders for name, offenders in found.items() if offenders and name != "imdb_ids_are_unique"}


def test_a_missing_block_keeps_the_old_values_and_the_film_is_due_again_soon(tmdb: Tmdb) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.refresh()
    tmdb.merge()
    before = tables(tmdb.connection)
    cast = tmdb.one("SELECT cast_members FROM works_meta")
    assert cast
    tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", without=["credits", "watch/providers", "similar"])
    tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now()")
    assert tmdb.refresh().incomplete == 1
    assert tmdb.merge().unchanged == 1
    after = tables(tmdb.connection)
    assert {name: rows for name, rows in after.items() if name != "contents"} == {
        name: rows for name, rows in before.items() if name != "contents"
    }
    (lent,) = tmdb.rows("SELECT array(SELECT jsonb_object_keys(block_pages) ORDER BY 1) FROM tmdb.contents")
    assert lent == (["credits", "similar", "watch/providers"],)
    assert tmdb.rows("SELECT missing_blocks FROM tmdb.refreshes") == [(["credits", "watch/providers", "similar"],)]


@pytest.mark.parametrize("seed", range(4))
def test_any_order_of_merging_gives_the_same_tables(tmdb: Tmdb, seed: int) -> None:
    films, series = tmdb.ids()[:9], tmdb.ids("tmdb_series")[:6]
    tmdb.want(*films)
    tmdb.want(*series, media_type="tv")
    for round_ in range(3):
        for film in films[round_::3]:
            tmdb.sandbox.control(do="fault", path=f"/3/movie/{film}", without=["credits", "keywords"])
        for each in series[round_::3]:
            tmdb.sandbox.control(do="fault", path=f"/3/tv/{each}", without=["season/1", "keywords"])
        tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now()")
        assert tmdb.refresh().fetched == 15
        tmdb.sandbox.control(do="tmdb_change", ids=films[:4])
        tmdb.sandbox.control(do="tmdb_change", media_type="tv", ids=series[:3])
    tmdb.merge()
    once = tables(tmdb.connection)
    order = [row[0] for row in tmdb.rows("SELECT page_id FROM tmdb.pages WHERE endpoint = 'details'")]
    Random(seed).shuffle(order)  # noqa: S311 - repeatable on purpose
    with tmdb.connection.transaction(force_rollback=True):
        for table in (*reversed(TABLES), "page_merges"):
            tmdb.connection.execute(f"DELETE FROM tmdb.{table}".encode())  # noqa: S608 - names from here
        tmdb.connection.execute("CREATE TEMP TABLE held AS SELECT * FROM tmdb.pages WHERE endpoint = 'details'")
        for at in range(0, len(order), 7):
            tmdb.connection.execute(
                "UPDATE tmdb.pages AS p SET endpoint = 'list', source = 'held', tmdb_id = NULL FROM held AS h"
                " WHERE p.page_id = h.page_id"
            )
            tmdb.connection.execute(
                "UPDATE tmdb.pages AS p SET endpoint = 'details', source = NULL, tmdb_id = h.tmdb_id FROM held AS h"
                " WHERE p.page_id = h.page_id AND p.page_id = ANY(%s)",
                (order[: at + 7],),
            )
            merge_details(tmdb.connection, run_id="again")
        again = tables(tmdb.connection)
    assert again == once


def test_two_films_with_one_imdb_id_are_kept_and_reported(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=10_000)
    tmdb.refresh()
    assert tmdb.merge().inserted == len(tmdb.ids())
    conflicts = tmdb.rows("SELECT imdb_id, cardinality(tmdb_ids) FROM imdb_conflicts")
    doubled = tmdb.rows("SELECT imdb_id FROM works WHERE imdb_id IS NOT NULL GROUP BY imdb_id HAVING count(*) > 1")
    assert {row[0] for row in conflicts} == {row[0] for row in doubled}
    assert failing(tmdb.connection) == {}


def test_scores_narrow_with_votes_and_are_null_without(tmdb: Tmdb) -> None:
    tmdb.discover("popular", most=10_000)
    tmdb.refresh()
    tmdb.merge()
    scored = tmdb.rows(
        "SELECT r.votes_count, r.value_0_100, a.ai_score, a.ai_score_low, a.ai_score_high FROM aggregates AS a"
        " JOIN rating_sources AS r USING (work_id) WHERE a.method_version = 'shrunk_2026_11' ORDER BY r.votes_count"
    )
    without = [row for row in scored if row[0] == 0]
    assert without
    assert all(row[2:] == (None, None, None) for row in without)
    voted = [row for row in scored if row[0] > 0]
    assert all(min(value, 62) - 1e-9 <= score <= max(value, 62) + 1e-9 for _, value, score, _, _ in voted)
    inner = [(votes, high - low) for votes, _, _, low, high in voted if low > 0 and high < 100]
    assert all(wider >= narrower - 1e-9 for (_, wider), (_, narrower) in pairwise(inner))
    documented = tmdb.rows(
        "SELECT DISTINCT ai_score, ai_score_low, ai_score_high FROM aggregates JOIN rating_sources USING (work_id)"
        " WHERE method_version = 'v1_2025_11' AND votes_count = 0"
    )
    assert documented == [(0, 0, 5)]


def test_a_card_keeps_its_tag_until_its_content_changes(tmdb: Tmdb) -> None:
    film = tmdb.ids()[0]
    tmdb.want(film)
    tmdb.refresh()
    assert tmdb.merge().cards == 1
    ((tag, payload, short),) = tmdb.rows("SELECT etag, payload, payload_short FROM work_cards_cache")
    assert payload["tmdb_id"] == film
    assert payload["ai_score_method"] in {"shrunk_2026_11", None}
    assert set(short) == {"work_id", "media_type", "title", "year", "poster", "ai_score"}
    tmdb.connection.execute("UPDATE tmdb.contents SET content_hash = gen_random_uuid()")
    tmdb.connection.execute("DELETE FROM tmdb.page_merges")
    assert tmdb.merge().cards == 0
    assert tmdb.one("SELECT etag FROM work_cards_cache") == tag
    tmdb.sandbox.control(do="tmdb_change", ids=[film])
    tmdb.connection.execute("UPDATE tmdb.refreshes SET forced_at = ops.now()")
    tmdb.refresh()
    assert tmdb.merge().cards == 1
    assert tmdb.one("SELECT etag FROM work_cards_cache") != tag


@pytest.mark.parametrize(
    ("check", "damage"),
    [
        ("works_have_contents", "DELETE FROM tmdb.details WHERE work_id = (SELECT min(work_id) FROM tmdb.details)"),
        (
            "cards_match",
            "UPDATE tmdb.details SET title = 'another' WHERE work_id = (SELECT min(work_id) FROM tmdb.details)",
        ),
        ("cards_match", "DELETE FROM tmdb.work_cards_cache WHERE work_id = (SELECT min(work_id) FROM tmdb.details)"),
        ("scores_have_ratings", "DELETE FROM tmdb.aggregates WHERE method_version = 'v1_2025_11'"),
        ("scores_have_ratings", "DELETE FROM tmdb.rating_sources"),
        (
            "nothing_kept_too_long",
            "UPDATE tmdb.pages SET sent_at = ops.now() - interval '181 days' WHERE endpoint = 'list'",
        ),
        ("nothing_kept_too_long", "UPDATE tmdb.contents SET fetched_at = ops.now() - interval '181 days'"),
        ("due_is_refreshed", "UPDATE tmdb.refreshes SET answered_at = ops.now() - interval '40 days'"),
        ("answers_are_usable", "UPDATE tmdb.pages SET problem = 'x' WHERE endpoint = 'list'"),
        ("feed_has_no_hole", "UPDATE tmdb.titles SET wanted_at = ops.now() - interval '5 days'"),
    ],
)
def test_a_check_finds_what_it_is_for(tmdb: Tmdb, check: str, damage: str) -> None:
    tmdb.discover("popular", most=30)
    tmdb.refresh()
    tmdb.merge()
    assert failing(tmdb.connection) == {}
    tmdb.connection.execute(damage.encode())
    assert check in failing(tmdb.connection)
