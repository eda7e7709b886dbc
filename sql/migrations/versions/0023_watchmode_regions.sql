-- A region that is newly wanted makes titles due whose answers lack it.

CREATE TABLE streaming.watchmode_regions (
  region text PRIMARY KEY
);
COMMENT ON TABLE streaming.watchmode_regions IS 'Whose offers Watchmode is asked for: what the settings want and its plan includes. Replaced by each run that asks';
COMMENT ON COLUMN streaming.watchmode_regions.region IS 'ISO 3166-1 alpha-2';

INSERT INTO streaming.retention_rules (table_name, source, reason) VALUES
  ('streaming.watchmode_regions', 'ours', 'Settings');

ALTER TABLE streaming.watchmode_titles ADD COLUMN regions text[];
COMMENT ON COLUMN streaming.watchmode_titles.regions IS 'That the newest usable answer was asked for; null: there is none, or nobody knows';

UPDATE streaming.watchmode_titles AS t
SET regions = string_to_array(p.params ->> 'regions', ',')
FROM streaming.pages AS p
WHERE t.page_id = p.page_id AND t.answered_at IS NOT NULL;

CREATE OR REPLACE VIEW streaming.watchmode_queue AS
WITH clock AS MATERIALIZED (
  SELECT
    ops.now() AS at, coalesce((SELECT t.ttl FROM streaming.ttls AS t WHERE t.rule = 'watchmode_availability'), interval '12 hours') AS ttl,
    coalesce((SELECT array_agg(w.region ORDER BY w.region) FROM streaming.watchmode_regions AS w), '{}') AS regions
), states AS (
  SELECT
    c.media_type, c.tmdb_id, m.watchmode_id, coalesce(c.title, m.title) AS title, c.trending_rank, c.released_on, c.comes_on,
    c.request_count, c.popularity, t.asked_at, t.answered_at, coalesce(t.attempts, 0) AS attempts, t.not_before, t.last_error, t.gone_at,
    (clock.at AT TIME ZONE 'UTC')::date - c.released_on AS released_days,
    c.comes_on - (clock.at AT TIME ZONE 'UTC')::date AS comes_days,
    clock.regions AS wanted, t.regions AS answered_for, known.is_lacking,
    CASE
      WHEN known.is_lacking THEN interval '30 days'
      -- A clock that was set back makes an answer new, not yet to come.
      ELSE greatest(least(coalesce(clock.at - t.answered_at, interval '30 days'), interval '30 days'), interval '0')
    END AS age,
    clock.ttl * 6 AS longest,
    clock.at AS now, clock.ttl
  FROM streaming.watchmode_candidates AS c
  JOIN streaming.id_mappings AS m ON c.media_type = m.media_type AND c.tmdb_id = m.tmdb_id
  LEFT JOIN streaming.watchmode_titles AS t ON c.media_type = t.media_type AND c.tmdb_id = t.tmdb_id AND m.watchmode_id = t.watchmode_id
  CROSS JOIN clock
  CROSS JOIN LATERAL (SELECT t.answered_at IS NOT NULL AND NOT clock.regions <@ coalesce(t.regions, clock.regions) AS is_lacking) AS known
), judged AS (
  SELECT
    *,
    streaming.watchmode_interest(trending_rank, released_days, comes_days, request_count) AS interest,
    extract(EPOCH FROM least(age, longest))::double precision / extract(EPOCH FROM ttl)::double precision AS staleness,
    CASE WHEN trending_rank <= 20 AND age >= interval '60 hours' THEN age END AS overdue,
    coalesce(answered_at + ttl <= now OR is_lacking, true)
    AND coalesce(not_before <= now OR not_before > now + interval '29 days', true)
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
      WHEN is_lacking THEN 'no answer for ' || (
        SELECT string_agg(w.region, ', ' ORDER BY w.region) FROM unnest(wanted) AS w (region) WHERE w.region <> all(answered_for)
      )
      WHEN is_due THEN 'answer of ' || floor(extract(EPOCH FROM age) / 3600)::integer || ' h ago'
    END,
    CASE WHEN attempts > 0 THEN 'failed' END
  ], NULL) AS reasons,
  trending_rank, released_on, comes_on, request_count, popularity, asked_at, answered_at, attempts, not_before, last_error, gone_at
FROM judged;
COMMENT ON COLUMN streaming.watchmode_queue.is_due IS 'Its answer is past its time to live, or lacks a region that is wanted, or there is none, and no failure makes it wait';
COMMENT ON COLUMN streaming.watchmode_queue.staleness IS 'Age of the answer in times to live, at most 6, which is also what a title has without an answer, or without one for every region that is wanted';
