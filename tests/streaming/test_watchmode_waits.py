"""How long titles wait for a unit of Watchmode's where thousands want one: days of its queue, without a request."""

from datetime import timedelta

import psycopg
import pytest

from catalog_assets.streaming.trending import TMDB_LISTS, TimeWindow, make_snapshots
from catalog_assets.tmdb.models import MediaType
from tests.streaming.coming import describe_watchmode
from tests.streaming.conftest import Clock
from tests.streaming.trending import Item, describe_ttls, store_page, tmdb_body

KINDS: tuple[MediaType, ...] = ("movie", "tv")
RECENT, OLD = 3_000, 20_000
BEYOND = RECENT + OLD
"""Numbers beyond are of titles that are no works: forty of each kind, twenty a list."""
A_DAY, DAYS, STEPS_A_DAY = 33, 7, 3

_WRITE = """
WITH kept AS (
  INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
  SELECT CASE n % 2 WHEN 0 THEN 'movie' ELSE 'tv' END, n, 'ids', ops.now()
  FROM generate_series(1, {beyond}) AS n
  RETURNING work_id, media_type, tmdb_id
), mapped AS (
  INSERT INTO streaming.id_mappings (media_type, tmdb_id, watchmode_id)
  SELECT media_type, tmdb_id, tmdb_id FROM kept
  UNION ALL
  SELECT k.kind, n, n FROM unnest('{{movie,tv}}'::text[]) AS k (kind), generate_series({beyond} + 1, {beyond} + 40) AS n
)
INSERT INTO tmdb.details (
  work_id, title, release_date, popularity, genres, genre_ids, certifications, cast_members, crew_members, directors,
  trailers, still_images, streaming, production_companies, production_countries, keywords, spoken_languages,
  origin_country, alternative_titles, translations, external_ids
)
SELECT
  work_id, 'A title', CASE WHEN tmdb_id <= {recent} THEN ops.now()::date - (tmdb_id % 90)::integer ELSE '1990-1-1' END,
  1, '{{}}', '{{}}', '[]', '[]', '[]', '{{}}',
  '[]', '{{}}', '{{}}', '[]', '{{}}', '{{}}', '{{}}',
  '{{}}', '[]', '[]', '{{}}'
FROM kept
"""

_ASK = """
WITH chosen AS (
  INSERT INTO asked
  SELECT media_type, tmdb_id, watchmode_id, ops.now() FROM streaming.watchmode_queue WHERE place <= %s
  RETURNING *
)
INSERT INTO streaming.watchmode_titles (media_type, tmdb_id, watchmode_id, asked_at, answered_at)
SELECT media_type, tmdb_id, watchmode_id, at, at FROM chosen
ON CONFLICT (media_type, tmdb_id) DO UPDATE SET asked_at = excluded.asked_at, answered_at = excluded.answered_at
"""

_WAITS = """
SELECT rank, max(wait)
FROM (
  SELECT
    (tmdb_id - {beyond} - 1) %% 20 + 1 AS rank,
    at - lag(at, 1, %(first)s) OVER (PARTITION BY media_type, tmdb_id ORDER BY at) AS wait
  FROM (
    SELECT media_type, tmdb_id, at FROM asked
    UNION ALL
    SELECT media_type, tmdb_id, ops.now() FROM streaming.trending_entries
  ) AS seen
  WHERE tmdb_id > {beyond}
) AS waits
GROUP BY rank
ORDER BY rank
"""


@pytest.mark.parametrize("windows", [("day",), ("day", "week")], ids=["40 trend", "80 trend"])
def test_what_trends_is_asked_for_every_third_day_though_thousands_wait(
    clock: Clock, windows: tuple[TimeWindow, ...]
) -> None:
    connection = clock.connection
    connection.execute(_WRITE.format(beyond=BEYOND, recent=RECENT).encode())
    connection.execute("ANALYZE")
    connection.execute(
        "CREATE TEMP TABLE asked (media_type text, tmdb_id bigint, watchmode_id integer, at timestamptz)"
    )
    describe_ttls(connection)
    describe_watchmode(connection)
    connection.execute("INSERT INTO ops.budgets VALUES ('watchmode', 'day', 'UTC', %s)", (A_DAY,))
    first = clock.at.replace(hour=0)
    for step in range(DAYS * STEPS_A_DAY):
        clock.set(first + timedelta(hours=24 / STEPS_A_DAY * (step + 1), minutes=-40))
        if step == 0:
            write_lists(connection, clock, windows)
        if step % STEPS_A_DAY == 0:  # what is coming costs one a day, the countries and services one a week each
            use(connection, 3 if step == 0 else 1)
        ((share,),) = connection.execute(
            "SELECT remaining_this_hour FROM streaming.watchmode_units WHERE period = 'day'"
        ).fetchall()
        use(connection, connection.execute(_ASK, (share,)).rowcount)
    assert connection.execute("SELECT used FROM ops.budget_uses").fetchall() == [(A_DAY,)] * DAYS
    waits: dict[int, timedelta] = dict(
        connection.execute(_WAITS.format(beyond=BEYOND).encode(), {"first": first}).fetchall()
    )
    assert list(waits) == list(range(1, 21))
    assert max(waits.values()) <= timedelta(days=3)
    ((others,),) = connection.execute(
        "SELECT count(*) FROM asked WHERE tmdb_id <= %s AND tmdb_id %% 90 < 10", (RECENT,)
    ).fetchall()
    if windows == ("day",):
        assert waits[1] <= timedelta(hours=36)
        assert others > 0  # what came out these days gets the rest
    ((old,),) = connection.execute(
        "SELECT count(*) FROM asked WHERE tmdb_id BETWEEN %s AND %s", (RECENT + 1, BEYOND)
    ).fetchall()
    assert old == 0


def use(connection: psycopg.Connection, units: int) -> None:
    connection.execute(
        "INSERT INTO ops.budget_uses AS u (service, period, zone, starts_on, used)"
        " VALUES ('watchmode', 'day', 'UTC', ops.period_start('day', 'UTC', ops.now()), %s)"
        " ON CONFLICT (service, period, zone, starts_on) DO UPDATE SET used = u.used + excluded.used",
        (units,),
    )


def write_lists(connection: psycopg.Connection, clock: Clock, windows: tuple[TimeWindow, ...]) -> None:
    """Makes the lists, each of twenty titles that are on no other."""
    for place, window in enumerate(windows):
        body = tmdb_body([Item(BEYOND + 20 * place + rank, 1.0) for rank in range(1, 21)])
        for media_type in KINDS:
            store_page(connection, body, clock.at - timedelta(minutes=5), media_type, window)
    make_snapshots(connection, TMDB_LISTS, clock.at.replace(minute=0))
