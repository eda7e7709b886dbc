"""(i) Offers of TMDB's merged: 50,000 works in 60 regions, some ten million offers, and the day after."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psutil
import psycopg

from benchmarks.figures import Figure
from benchmarks.stage import stage
from catalog_assets.streaming.availability import AvailabilityMerged, merge_availability

WORKS = 50_000
FEWER_WORKS = 5_000
CHANGED = 50
"""Every so many works' offers change in a day, in two regions each: 2 %."""

EVERY_S = 0.1
MB = 1_000_000

# A thousand titles' offers, by TMDB's ids of titles modulo a thousand: 60 regions with 200 offers of 400 providers.
_PATTERNS = """
CREATE TABLE patterns AS
WITH provider AS (
  SELECT n, jsonb_build_object(
    'provider_id', n * 5, 'provider_name', 'Provider ' || n, 'logo_path', '/' || md5(n::text) || '.jpg',
    'display_priority', n
  ) AS said
  FROM generate_series(1, 400) AS n
)
SELECT title.n, jsonb_object_agg(
  chr(65 + r / 26) || chr(65 + r % 26),
  jsonb_strip_nulls(jsonb_build_object(
    'link', 'https://www.themoviedb.org/movie/' || title.n || '/watch?locale=' || chr(65 + r / 26) || chr(65 + r % 26),
    'flatrate', jsonb_build_array(first.said, second.said),
    'rent', jsonb_build_array(third.said),
    'buy', CASE WHEN r % 3 = 0 THEN jsonb_build_array(fourth.said) END
  ))
) AS streaming
FROM generate_series(0, 999) AS title (n)
CROSS JOIN generate_series(0, 59) AS r
JOIN provider AS first ON first.n = 1 + (title.n * 7 + r) % 100
JOIN provider AS second ON second.n = 101 + (title.n * 3 + r) % 100
JOIN provider AS third ON third.n = 201 + (title.n + r * 11) % 200
JOIN provider AS fourth ON fourth.n = 201 + (title.n + r * 13) % 200
GROUP BY title.n
"""

_TITLES = """
INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
SELECT CASE n % 5 WHEN 0 THEN 'tv' ELSE 'movie' END, n, 'bench', ops.now() FROM generate_series(1, {works}) AS n
"""

_PAGES = """
INSERT INTO tmdb.pages (
  endpoint, media_type, tmdb_id, path, params, status, sent_at, received_at, body, body_bytes,
  body_sha256, blocks, run_id
)
SELECT 'details', media_type, tmdb_id, '/', '{{}}', 200, ops.now(), ops.now(), '', 0, '', '{{watch/providers}}', 'bench'
FROM tmdb.titles
"""

_CONTENTS = """
INSERT INTO tmdb.contents (
  work_id, page_id, block_pages, content_hash, schema_version, fetched_at, confirmed_at, changed_at
)
SELECT
  t.work_id, p.page_id, '{{}}', gen_random_uuid(), (SELECT max(version) FROM tmdb.schema_versions),
  ops.now(), ops.now(), ops.now()
FROM tmdb.titles AS t
JOIN tmdb.pages AS p USING (media_type, tmdb_id)
"""

_DETAILS = """
INSERT INTO tmdb.details (
  work_id, title, streaming, genres, genre_ids, certifications, cast_members, crew_members, directors, trailers,
  still_images, production_companies, production_countries, keywords, spoken_languages, origin_country,
  alternative_titles, translations, external_ids
)
SELECT
  t.work_id, 'A title', s.streaming, '{{}}', '{{}}', '{{}}', '[]', '[]', '{{}}', '[]',
  '{{}}', '[]', '{{}}', '{{}}', '{{}}', '{{}}',
  '[]', '[]', '{{}}'
FROM tmdb.titles AS t
JOIN patterns AS s ON s.n = t.tmdb_id % 1000
"""

_MOVE = """
WITH moved AS (
  UPDATE tmdb.details AS d
  SET streaming = d.streaming || jsonb_build_object('AA', s.streaming -> 'AA', 'AB', s.streaming -> 'AB')
  FROM tmdb.titles AS t
  JOIN patterns AS s ON s.n = (t.tmdb_id + 1) % 1000
  WHERE d.work_id = t.work_id AND t.tmdb_id % {changed} = 0
  RETURNING d.work_id
)
UPDATE tmdb.contents SET content_hash = gen_random_uuid() WHERE work_id IN (SELECT work_id FROM moved)
"""

_ONE_TITLE = "SELECT * FROM streaming.streaming_availability WHERE media_type = 'movie' AND tmdb_id = 1234"
_ONE_SERVICE = """
SELECT * FROM streaming.titles_by_provider
WHERE
  region = 'AB' AND offer_type = 'subscription'
  AND provider_id = (SELECT min(found.provider_id) FROM streaming.providers_named('Provider 50') AS found (provider_id))
"""


def availability() -> list[Figure]:
    """Measures both sizes, each in a database of its own, and at the larger one the day after."""
    with stage() as fresh:
        with fresh.database(migrated=True) as url, _generated(url, FEWER_WORKS) as connection:
            fewer_s, _, _ = _merged(connection)
        with fresh.database(migrated=True) as url, _generated(url, WORKS) as connection:
            first_s, peak, first = _merged(connection)
            connection.execute(_MOVE.format(changed=CHANGED).encode())
            connection.execute("ANALYZE")
            next_s, _, moved = _merged(connection)
            idle_s, _, _ = _merged(connection)
            title_s = _timed(lambda: connection.execute(_ONE_TITLE).fetchall())
            service_s = _timed(lambda: connection.execute(_ONE_SERVICE.encode()).fetchall())
    assert (first.inserted, moved.updated) == (WORKS, WORKS // CHANGED)
    return [
        Figure("i", f"offers of {WORKS:,} works in 60 regions", first.offers, "offers"),
        Figure("i", "first merge of all", first_s, "s", wanted=60),
        Figure("i", "first merge, peak memory of our process and PostgreSQL's (PSS)", peak, "MB", wanted=1500),
        Figure("i", f"first merge of {FEWER_WORKS:,} works", fewer_s, "s"),
        Figure(
            "i",
            "time a work, of all against the fewer (1: linear)",
            first_s / fewer_s / (WORKS / FEWER_WORKS),
            "",
            wanted=1.2,
        ),
        Figure("i", f"merge of a day on which {100 / CHANGED:g} % changed", next_s, "s", wanted=round(first_s / 10, 1)),
        Figure("i", "arrivals and departures of that day", moved.arrived + moved.left, "changes"),
        Figure("i", "merge of an hour in which nothing changed", idle_s, "s"),
        Figure("i", "one title's offers read", title_s * 1000, "ms"),
        Figure("i", "one service's titles in one region read", service_s * 1000, "ms"),
    ]


@contextmanager
def _generated(url: str, works: int) -> Iterator[psycopg.Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        for made in (_PATTERNS, _TITLES, _PAGES, _CONTENTS, _DETAILS, "ANALYZE"):
            connection.execute(made.format(works=works).encode() if made is not _PATTERNS else made.encode())
        connection.execute("CHECKPOINT")
        yield connection


def _merged(connection: psycopg.Connection) -> tuple[float, float, AvailabilityMerged]:
    """A merge's seconds, the peak of what this process and the server's held in MB, and what it did."""
    with _watched(connection) as peak:
        began = time.perf_counter()
        done = merge_availability(connection)
        took_s = time.perf_counter() - began
    return took_s, max(peak) / MB, done


@contextmanager
def _watched(connection: psycopg.Connection) -> Iterator[list[float]]:
    """Samples of proportional set sizes, taken while it lasts: what is shared counts once."""
    ended, samples = threading.Event(), [0.0]

    def watch() -> None:
        while not ended.wait(EVERY_S):
            samples.append(sum(map(_held, _processes(connection))))

    watching = threading.Thread(target=watch)
    watching.start()
    try:
        yield samples
    finally:
        ended.set()
        watching.join()


def _processes(connection: psycopg.Connection) -> list[psutil.Process]:
    postmaster = psutil.Process(psutil.Process(connection.info.backend_pid).ppid())
    return [psutil.Process(), postmaster, *postmaster.children(recursive=True)]


def _held(process: psutil.Process) -> float:
    try:
        return float(process.memory_full_info().pss)
    except (psutil.NoSuchProcess, psutil.ZombieProcess):
        return 0.0


def _timed(what: Callable[[], object]) -> float:
    what()  # once to warm up
    began = time.perf_counter()
    what()
    return time.perf_counter() - began
