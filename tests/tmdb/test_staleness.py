"""`tmdb.staleness` says what is due and why: age tiers, changes, failures, missing blocks, the end of keeping."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import psycopg
import pytest

from tests.tmdb.platform import Tmdb

ShiftClock = Callable[[psycopg.Connection, timedelta], None]


@pytest.fixture
def source(source_url: str) -> Iterator[psycopg.Connection]:
    with psycopg.connect(source_url, autocommit=True) as connection:
        yield connection


def keep(source: psycopg.Connection, *, days_old: int | None, days_ago: int = 0) -> int:
    """A film released so many days ago (None: unknown) and fetched `days_ago`; returns its work."""
    return int(source.execute(KEEP, {"days_old": days_old, "days_ago": days_ago}).fetchall()[0][0])


KEEP = """
WITH title AS (
  INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
  SELECT 'movie', coalesce(max(tmdb_id), 0) + 1, 'test', ops.now() FROM tmdb.titles RETURNING work_id, tmdb_id
), clock AS (
  SELECT ops.now() - make_interval(days => %(days_ago)s) AS at
), page AS (
  INSERT INTO tmdb.pages (
    endpoint, media_type, tmdb_id, path, params, status, sent_at, received_at, body, body_bytes, body_sha256, run_id
  )
  SELECT 'details', 'movie', tmdb_id, '/', '{}', 200, at, at, '', 0, '', 'run' FROM title, clock RETURNING page_id
), state AS (
  INSERT INTO tmdb.refreshes (work_id, asked_at, answered_at, page_id)
  SELECT work_id, at, at, page_id FROM title, clock, page
), content AS (
  INSERT INTO tmdb.contents
  SELECT work_id, page_id, '{}', gen_random_uuid(), (SELECT max(version) FROM tmdb.schema_versions), at, at, at
  FROM title, clock, page
), detail AS (
  INSERT INTO tmdb.details (
    work_id, title, release_date, genres, genre_ids, certifications, cast_members, crew_members, directors, trailers,
    still_images, streaming, production_companies, production_countries, keywords, spoken_languages, origin_country,
    alternative_titles, translations, external_ids
  )
  SELECT
    work_id, 'x', (ops.now() AT TIME ZONE 'UTC')::date - %(days_old)s::int, '{}', '{}', '{}', '[]', '[]', '{}', '[]',
    '{}', '{}', '[]', '{}', '{}', '{}', '{}', '[]', '[]', '{}'
  FROM title
)
SELECT work_id FROM title
"""


def reasons(source: psycopg.Connection, work_id: int) -> list[str]:
    found: list[str] = source.execute("SELECT reasons FROM tmdb.staleness WHERE work_id = %s", (work_id,)).fetchall()[
        0
    ][0]
    return found


@pytest.mark.parametrize(
    ("days_old", "tier"),
    [(-400, 2), (0, 2), (30, 2), (31, 7), (180, 7), (181, 14), (365, 14), (366, 30), (20_000, 30), (None, 30)],
)
def test_a_film_is_stale_when_its_tier_is_over(
    source: psycopg.Connection, shift_clock: ShiftClock, days_old: int | None, tier: int
) -> None:
    work = keep(source, days_old=days_old)
    assert reasons(source, work) == []
    assert source.execute("SELECT tmdb.is_stale(%s)", (work,)).fetchone() == (False,)
    fixed = "UPDATE tmdb.details SET release_date = (ops.now() AT TIME ZONE 'UTC')::date - %s::int"
    shift_clock(source, timedelta(days=tier) - timedelta(minutes=1))
    source.execute(fixed, (days_old,))
    assert reasons(source, work) == []
    shift_clock(source, timedelta(days=tier) + timedelta(minutes=1))
    source.execute(fixed, (days_old,))
    assert reasons(source, work) == ["older than its tier"]
    assert source.execute("SELECT tmdb.is_stale(%s)", (work,)).fetchone() == (True,)


def test_a_title_that_was_never_fetched_is_due_and_an_unknown_one_is_nothing(source: psycopg.Connection) -> None:
    source.execute(
        "INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at) VALUES ('movie', 7, 'x', ops.now())"
    )
    assert source.execute("SELECT reasons, is_due, tier_days FROM tmdb.staleness").fetchall() == [
        (["never fetched"], True, 30)
    ]
    assert source.execute("SELECT tmdb.is_stale(-1)").fetchone() == (None,)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("UPDATE tmdb.refreshes SET changed_at = ops.now()", "changed at the source"),
        ("UPDATE tmdb.refreshes SET forced_at = ops.now()", "asked for"),
        ("UPDATE tmdb.refreshes SET attempts = 1, failed_at = ops.now()", "failed"),
        ("INSERT INTO tmdb.schema_versions VALUES (5, 'test', '2026-11-22')", "schema version"),
    ],
)
def test_a_fresh_film_becomes_due(source: psycopg.Connection, change: str, reason: str) -> None:
    work = keep(source, days_old=1_000)
    source.execute(change.encode())
    assert reasons(source, work) == [reason]


def test_a_missing_block_makes_a_film_due_within_an_hour(source: psycopg.Connection, shift_clock: ShiftClock) -> None:
    work = keep(source, days_old=1_000)
    source.execute("UPDATE tmdb.refreshes SET missing_blocks = '{credits}', incomplete = 1")
    assert reasons(source, work) == []
    shift_clock(source, timedelta(minutes=61))
    assert reasons(source, work) == ["a block was missing"]


def test_what_nears_six_months_is_due_whatever_else_holds(source: psycopg.Connection) -> None:
    work = keep(source, days_old=1_000)
    source.execute("UPDATE tmdb.contents SET fetched_at = ops.now() - interval '151 days'")
    assert reasons(source, work) == ["near the end of keeping"]


def test_a_gone_film_is_due_only_when_somebody_names_it_again(source: psycopg.Connection) -> None:
    work = keep(source, days_old=1, days_ago=200)
    source.execute("UPDATE tmdb.refreshes SET gone_at = ops.now() - interval '1 day'")
    source.execute("UPDATE tmdb.refreshes SET asked_at = gone_at")
    assert reasons(source, work) == []
    source.execute("UPDATE tmdb.refreshes SET changed_at = ops.now()")
    assert reasons(source, work) == ["changed at the source"]


def test_what_is_more_urgent_goes_first(source: psycopg.Connection) -> None:
    old, new, asked = (keep(source, days_old=days, days_ago=40) for days in (900, 3, 900))
    source.execute("UPDATE tmdb.refreshes SET forced_at = ops.now() WHERE work_id = %s", (asked,))
    order = source.execute(
        "SELECT work_id FROM tmdb.refresh_queue ORDER BY priority DESC, queued_at, work_id"
    ).fetchall()
    assert [row[0] for row in order] == [asked, new, old]


def test_ninety_days_later_everything_is_due_once(tmdb: Tmdb, shift_clock: ShiftClock) -> None:
    tmdb.discover(most=40)
    tmdb.refresh()
    tmdb.merge()
    shift_clock(tmdb.connection, timedelta(days=90))
    assert tmdb.one("SELECT count(*) FROM refresh_queue WHERE status = 'queued'") == 40
    done = tmdb.refresh()
    assert done.asked == 40
    tmdb.merge()
    assert tmdb.refresh().asked == 0
    assert tmdb.one("SELECT count(*) FROM refresh_queue") == 0
