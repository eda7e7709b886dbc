-- Watchmode's ids of TMDB's titles, which titles its units go to, and what is left of them.

-- Ids ----------------------------------------------------------------------------------------------------------------

CREATE TABLE streaming.id_map_loads (
  load_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  loaded_at timestamptz NOT NULL,
  verified_at timestamptz,
  body_sha256 bytea,
  rows integer NOT NULL DEFAULT 0,
  mapped integer NOT NULL DEFAULT 0,
  inserted integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  deleted integer NOT NULL DEFAULT 0,
  without_tmdb_id integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  conflicts integer NOT NULL DEFAULT 0,
  refused text,
  CHECK ((verified_at IS NULL) = (refused IS NOT NULL)),
  CHECK ((body_sha256 IS NULL) = (refused IS NOT NULL))
);
COMMENT ON TABLE streaming.id_map_loads IS 'Every load of Watchmode''s file of ids, those that were refused included';
COMMENT ON COLUMN streaming.id_map_loads.verified_at IS 'When the file was asked for, or said to be still the present one; null: refused';
COMMENT ON COLUMN streaming.id_map_loads.body_sha256 IS 'Of the file: the same again is not loaded again';
COMMENT ON COLUMN streaming.id_map_loads.rows IS 'Of the file, without its header';
COMMENT ON COLUMN streaming.id_map_loads.mapped IS 'Titles of TMDB''s that it names';
COMMENT ON COLUMN streaming.id_map_loads.without_tmdb_id IS 'Rows that name no title of TMDB''s';
COMMENT ON COLUMN streaming.id_map_loads.rejected IS 'Rows that cannot be read';
COMMENT ON COLUMN streaming.id_map_loads.conflicts IS 'Rows of id_mapping_conflicts';
COMMENT ON COLUMN streaming.id_map_loads.refused IS 'Why nothing of it was loaded; null: it was loaded, or is as before';

CREATE TABLE streaming.id_mappings (
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id integer NOT NULL CHECK (tmdb_id > 0),
  watchmode_id integer NOT NULL CHECK (watchmode_id > 0),
  imdb_id text,
  title text,
  year integer,
  PRIMARY KEY (media_type, tmdb_id)
);
CREATE INDEX id_mappings_by_watchmode_id ON streaming.id_mappings (watchmode_id);
CREATE INDEX id_mappings_by_imdb_id ON streaming.id_mappings (imdb_id) WHERE imdb_id IS NOT NULL;
COMMENT ON TABLE streaming.id_mappings IS 'Watchmode''s ids of TMDB''s titles, as its newest file has them; replaced as a whole';
COMMENT ON COLUMN streaming.id_mappings.media_type IS 'movie or tv: both use the same numbers';
COMMENT ON COLUMN streaming.id_mappings.watchmode_id IS 'Of several the smallest: see id_mapping_conflicts';
COMMENT ON COLUMN streaming.id_mappings.imdb_id IS 'Null: unknown. Not always unique';
COMMENT ON COLUMN streaming.id_mappings.title IS 'As Watchmode has it';
COMMENT ON COLUMN streaming.id_mappings.year IS 'Null: unknown';

CREATE TABLE streaming.id_mapping_conflicts (
  conflict text NOT NULL CHECK (conflict IN ('tmdb_id', 'watchmode_id', 'imdb_id')),
  media_type text NOT NULL,
  tmdb_id integer NOT NULL,
  watchmode_id integer NOT NULL,
  imdb_id text,
  is_kept boolean NOT NULL
);
COMMENT ON TABLE streaming.id_mapping_conflicts IS 'Rows of the newest file that share an id; replaced with each load';
COMMENT ON COLUMN streaming.id_mapping_conflicts.conflict IS 'The id that several rows share: one title of TMDB''s with several ids of Watchmode''s, or the other way round';
COMMENT ON COLUMN streaming.id_mapping_conflicts.is_kept IS 'It stands in id_mappings';

CREATE VIEW streaming.streaming_id_mappings AS
SELECT m.tmdb_id, m.watchmode_id, m.media_type, loads.last_verified
FROM streaming.id_mappings AS m
CROSS JOIN (SELECT max(l.verified_at) AS last_verified FROM streaming.id_map_loads AS l) AS loads;
COMMENT ON VIEW streaming.streaming_id_mappings IS 'Watchmode''s ids of TMDB''s titles';
COMMENT ON COLUMN streaming.streaming_id_mappings.last_verified IS 'When Watchmode last said so, which it does for all of them at once';

-- What is left of the budget -----------------------------------------------------------------------------------------

CREATE TABLE streaming.watchmode_credits (
  read_at timestamptz NOT NULL,
  run_id text NOT NULL,
  quota integer NOT NULL,
  used integer NOT NULL
);
CREATE INDEX watchmode_credits_by_time ON streaming.watchmode_credits (read_at);
COMMENT ON TABLE streaming.watchmode_credits IS 'What Watchmode said of the account''s month, each time it was asked (it costs nothing)';
COMMENT ON COLUMN streaming.watchmode_credits.read_at IS 'When it was asked';
COMMENT ON COLUMN streaming.watchmode_credits.quota IS 'Credits of the month';
COMMENT ON COLUMN streaming.watchmode_credits.used IS 'Of them, by whoever uses the key; what is counted here may be ahead of it. Less than the row before: its month began anew';

ALTER TABLE ops.budgets ADD COLUMN spent_at timestamptz;
COMMENT ON COLUMN ops.budgets.spent_at IS 'When the service refused a request because no unit was left, whatever was counted; null: what is counted holds.';

CREATE VIEW streaming.watchmode_units AS
SELECT
  b.period, b.zone, b.allowed, coalesce(u.used, 0) AS used, greatest(b.allowed - coalesce(u.used, 0), 0) AS remaining,
  greatest(
    CASE b.period
      WHEN 'day' THEN ceil(b.allowed * (extract(HOUR FROM ops.now() AT TIME ZONE b.zone) + 1) / 24.0)::integer
      ELSE b.allowed
    END - coalesce(u.used, 0), 0
  ) AS remaining_this_hour
FROM ops.budgets AS b
LEFT JOIN ops.budget_uses AS u
  ON b.service = u.service AND b.period = u.period AND b.zone = u.zone AND u.starts_on = ops.period_start(b.period, b.zone, ops.now())
WHERE b.service = 'watchmode';
COMMENT ON VIEW streaming.watchmode_units IS 'Units of the present day and month';
COMMENT ON COLUMN streaming.watchmode_units.period IS 'day or month';
COMMENT ON COLUMN streaming.watchmode_units.remaining IS 'Units that may still be used';
COMMENT ON COLUMN streaming.watchmode_units.remaining_this_hour IS 'Of them, those that may be used before the hour ends: a day''s are spread over its hours';

CREATE VIEW streaming.watchmode_calls AS
SELECT
  days.day, coalesce(c.calls, 0) AS calls, coalesce(c.refused, 0) AS refused, coalesce(c.failures, 0) AS failures,
  coalesce(u.used, 0) AS units
FROM (
  SELECT (ops.now() AT TIME ZONE 'UTC')::date - back.days AS day FROM generate_series(0, 29) AS back (days)
) AS days
LEFT JOIN (
  SELECT
    (a.sent_at AT TIME ZONE 'UTC')::date AS day,
    count(*) AS calls,
    count(*) FILTER (WHERE a.status = 429) AS refused,
    count(*) FILTER (WHERE a.failure IS NOT NULL AND a.status IS DISTINCT FROM 429) AS failures
  FROM ops.api_calls AS a
  WHERE a.service = 'watchmode' AND a.sent_at >= ops.now() - interval '31 days'
  GROUP BY (a.sent_at AT TIME ZONE 'UTC')::date
) AS c USING (day)
LEFT JOIN ops.budget_uses AS u ON u.service = 'watchmode' AND u.period = 'day' AND u.zone = 'UTC' AND days.day = u.starts_on;
COMMENT ON VIEW streaming.watchmode_calls IS 'Calls to Watchmode by day (UTC), the last 30 days; days without any included';
COMMENT ON COLUMN streaming.watchmode_calls.calls IS 'Attempts, those that cost nothing included';
COMMENT ON COLUMN streaming.watchmode_calls.refused IS 'Answers 429';
COMMENT ON COLUMN streaming.watchmode_calls.failures IS 'Attempts without an answer to keep, 429 apart';
COMMENT ON COLUMN streaming.watchmode_calls.units IS 'Units of the day''s budget that they used';

-- Who gets a unit ----------------------------------------------------------------------------------------------------

CREATE TABLE streaming.watchmode_titles (
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id integer NOT NULL,
  watchmode_id integer NOT NULL,
  asked_at timestamptz NOT NULL,
  answered_at timestamptz,
  page_id bigint,
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz,
  last_error text,
  gone_at timestamptz,
  PRIMARY KEY (media_type, tmdb_id)
);
COMMENT ON TABLE streaming.watchmode_titles IS 'Titles whose offers Watchmode was asked for, and what came of it';
COMMENT ON COLUMN streaming.watchmode_titles.watchmode_id IS 'Under which it was asked for last';
COMMENT ON COLUMN streaming.watchmode_titles.asked_at IS 'When it was last asked for';
COMMENT ON COLUMN streaming.watchmode_titles.answered_at IS 'When the newest usable answer was asked for; null: there was none';
COMMENT ON COLUMN streaming.watchmode_titles.page_id IS 'The page that holds it; removed after 30 days';
COMMENT ON COLUMN streaming.watchmode_titles.attempts IS 'Failures since then';
COMMENT ON COLUMN streaming.watchmode_titles.not_before IS 'After a failure: when it may be asked for again';
COMMENT ON COLUMN streaming.watchmode_titles.gone_at IS 'Since when Watchmode knows no such id; asked for again after 28 days, or under another id';

CREATE VIEW streaming.watchmode_candidates AS
WITH clock AS MATERIALIZED (  -- read once, not for every title
  SELECT (ops.now() AT TIME ZONE 'UTC')::date AS today
), named AS (
  SELECT
    w.media_type, w.tmdb_id, w.title, w.request_count, d.popularity, NULL::integer AS trending_rank,
    greatest(
      CASE WHEN d.release_date <= clock.today THEN d.release_date END,
      CASE WHEN s.last_air_date <= clock.today THEN s.last_air_date END,
      CASE WHEN s.next_air_date <= clock.today THEN s.next_air_date END
    ) AS released_on,
    least(
      CASE WHEN d.release_date > clock.today THEN d.release_date END,
      CASE WHEN s.last_air_date > clock.today THEN s.last_air_date END,
      CASE WHEN s.next_air_date > clock.today THEN s.next_air_date END
    ) AS comes_on
  FROM tmdb.works AS w
  LEFT JOIN tmdb.details AS d USING (work_id)
  LEFT JOIN tmdb.tv_series AS s USING (work_id)
  CROSS JOIN clock
  WHERE w.gone_at IS NULL
  UNION ALL
  SELECT
    e.media_type, e.tmdb_id, e.title, 0, e.popularity, e.rank,
    CASE WHEN e.release_date <= clock.today THEN e.release_date END, CASE WHEN e.release_date > clock.today THEN e.release_date END
  FROM streaming.trending_entries AS e
  CROSS JOIN clock
)
SELECT
  n.media_type, n.tmdb_id, max(n.title COLLATE "C") AS title, max(n.request_count) AS request_count, max(n.popularity) AS popularity,
  min(n.trending_rank) AS trending_rank,
  max(n.released_on) AS released_on,
  min(n.comes_on) AS comes_on
FROM named AS n
GROUP BY n.media_type, n.tmdb_id;
COMMENT ON VIEW streaming.watchmode_candidates IS 'Titles whose offers are wanted, and what makes them matter: works, and what is trending';
COMMENT ON COLUMN streaming.watchmode_candidates.request_count IS 'How often users asked for it';
COMMENT ON COLUMN streaming.watchmode_candidates.trending_rank IS 'Its best rank now, of films or series, day or week; null: it has none';
COMMENT ON COLUMN streaming.watchmode_candidates.released_on IS 'Its release, or of a series its newest episode''s day; null: unknown or yet to come';
COMMENT ON COLUMN streaming.watchmode_candidates.comes_on IS 'The next such day that is yet to come; null: unknown';

CREATE FUNCTION streaming.watchmode_interest(trending_rank integer, released_days integer, comes_days integer, request_count bigint)
RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    1
    + CASE WHEN trending_rank <= 20 THEN 20 + 2 * (21 - trending_rank) ELSE 0 END
    + 20 * greatest(coalesce(1 - released_days / 90::double precision, 0), coalesce(1 - comes_days / 14::double precision, 0), 0)
    + 10 * log(1 + greatest(request_count, 0)::double precision)
$$;
COMMENT ON FUNCTION streaming.watchmode_interest IS 'How much a title matters, from 1 on: docs/scores.md, "Who gets a unit"';

CREATE VIEW streaming.watchmode_queue AS
WITH clock AS MATERIALIZED (
  SELECT
    ops.now() AS at, coalesce((SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'watchmode_availability'), interval '12 hours') AS ttl
), states AS (
  SELECT
    c.media_type, c.tmdb_id, m.watchmode_id, coalesce(c.title, m.title) AS title, c.trending_rank, c.released_on, c.comes_on,
    c.request_count, c.popularity, t.asked_at, t.answered_at, coalesce(t.attempts, 0) AS attempts, t.not_before, t.last_error, t.gone_at,
    (clock.at AT TIME ZONE 'UTC')::date - c.released_on AS released_days,
    c.comes_on - (clock.at AT TIME ZONE 'UTC')::date AS comes_days,
    -- A clock that was set back makes an answer new, not yet to come.
    greatest(least(coalesce(clock.at - t.answered_at, interval '30 days'), interval '30 days'), interval '0') AS age,
    clock.ttl * 6 AS longest,
    clock.at AS now, clock.ttl
  FROM streaming.watchmode_candidates AS c
  JOIN streaming.id_mappings AS m ON c.media_type = m.media_type AND c.tmdb_id = m.tmdb_id
  LEFT JOIN streaming.watchmode_titles AS t ON c.media_type = t.media_type AND c.tmdb_id = t.tmdb_id AND m.watchmode_id = t.watchmode_id
  CROSS JOIN clock
), judged AS (
  SELECT
    *,
    streaming.watchmode_interest(trending_rank, released_days, comes_days, request_count) AS interest,
    extract(EPOCH FROM least(age, longest))::double precision / extract(EPOCH FROM ttl)::double precision AS staleness,
    CASE WHEN trending_rank <= 20 AND age >= interval '60 hours' THEN age END AS overdue,
    coalesce(answered_at + ttl <= now, true)
    AND coalesce(not_before <= now OR not_before > now + interval '2 days', true)
    AND coalesce(gone_at <= now - interval '28 days', true) AS is_due
  FROM states
)
SELECT
  CASE
    WHEN is_due THEN row_number() OVER (
      PARTITION BY is_due
      ORDER BY
        overdue DESC NULLS LAST, interest * staleness DESC, trending_rank ASC NULLS LAST, popularity DESC NULLS LAST, media_type ASC, tmdb_id ASC
    )
  END AS place,
  media_type, tmdb_id, watchmode_id, title, is_due, interest * staleness AS priority, interest, staleness,
  array_remove(ARRAY[
    CASE WHEN trending_rank <= 20 THEN 'trending ' || trending_rank END,
    CASE WHEN released_days < 90 THEN 'released ' || released_days || ' days ago' END,
    CASE WHEN comes_days < 14 THEN 'comes in ' || comes_days || ' days' END,
    CASE WHEN request_count > 0 THEN 'requested ' || request_count || ' times' END,
    CASE
      WHEN answered_at IS NULL THEN 'never answered'
      WHEN is_due THEN 'answer of ' || floor(extract(EPOCH FROM age) / 3600)::integer || ' h ago'
    END,
    CASE WHEN attempts > 0 THEN 'failed' END
  ], NULL) AS reasons,
  trending_rank, released_on, comes_on, request_count, popularity, asked_at, answered_at, attempts, not_before, last_error, gone_at
FROM judged;
COMMENT ON VIEW streaming.watchmode_queue IS 'Titles whose offers Watchmode may be asked for: the first place gets the next unit';
COMMENT ON COLUMN streaming.watchmode_queue.place IS 'From 1: what trends and had no answer for 60 hours, by its answer''s age, then all by priority, rank, popularity, kind and number; null: not due';
COMMENT ON COLUMN streaming.watchmode_queue.is_due IS 'Its answer is past its time to live, or there is none, and no failure makes it wait';
COMMENT ON COLUMN streaming.watchmode_queue.priority IS 'interest x staleness: docs/scores.md, "Who gets a unit"';
COMMENT ON COLUMN streaming.watchmode_queue.interest IS 'From 1 on: trending, recency of release and requests by users';
COMMENT ON COLUMN streaming.watchmode_queue.staleness IS 'Age of the answer in times to live, at most 6, which is also what a title without an answer has';
COMMENT ON COLUMN streaming.watchmode_queue.reasons IS 'What its priority comes from';
