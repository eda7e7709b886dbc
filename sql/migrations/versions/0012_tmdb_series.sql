-- TMDB's series: what they have beside what films have, their seasons and episodes. Titles, answers, contents, details, ratings, scores and
-- cards are shared: all of them are keyed by work_id, which stands for (media_type, tmdb_id).

CREATE TABLE tmdb.tv_series (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  series_type text,
  in_production boolean,
  last_air_date date,
  next_air_date date,
  last_episode jsonb,
  next_episode jsonb,
  number_of_seasons integer,
  number_of_episodes integer,
  creators text[] NOT NULL,
  networks jsonb NOT NULL,
  languages text[] NOT NULL
);
COMMENT ON TABLE tmdb.tv_series IS 'What a series has beside what works_meta tells of it';
COMMENT ON COLUMN tmdb.tv_series.series_type IS 'Such as Scripted, Miniseries, Reality, Documentary, News, Talk Show';
COMMENT ON COLUMN tmdb.tv_series.in_production IS 'As TMDB has it; its status "Returning Series" means no more than that nobody ended it';
COMMENT ON COLUMN tmdb.tv_series.last_air_date IS 'Of the newest episode that aired, by its network''s own days';
COMMENT ON COLUMN tmdb.tv_series.next_air_date IS 'Of the next episode, if its day is known';
COMMENT ON COLUMN tmdb.tv_series.last_episode IS 'Its season_number, episode_number, name and air_date';
COMMENT ON COLUMN tmdb.tv_series.next_episode IS 'Likewise';
COMMENT ON COLUMN tmdb.tv_series.number_of_seasons IS 'As TMDB counts, without specials; null on thin records';
COMMENT ON COLUMN tmdb.tv_series.number_of_episodes IS 'Likewise';
COMMENT ON COLUMN tmdb.tv_series.creators IS 'Names';
COMMENT ON COLUMN tmdb.tv_series.networks IS 'With id, name and country';
COMMENT ON COLUMN tmdb.tv_series.languages IS 'ISO 639-1 codes of those it is made in';

CREATE TABLE tmdb.tv_seasons (
  work_id bigint NOT NULL REFERENCES tmdb.titles,
  season_number integer NOT NULL,
  season_id bigint NOT NULL,
  name text,
  overview text,
  air_date date,
  episode_count integer,
  poster_path text,
  poster_url text,
  vote_average double precision,
  PRIMARY KEY (work_id, season_number)
);
COMMENT ON TABLE tmdb.tv_seasons IS 'Seasons as their series lists them; specials are season 0';
COMMENT ON COLUMN tmdb.tv_seasons.season_id IS 'TMDB''s number of it';
COMMENT ON COLUMN tmdb.tv_seasons.episode_count IS 'As the series says; the check episodes_are_whole holds the rows of episodes against it';
COMMENT ON COLUMN tmdb.tv_seasons.poster_path IS 'As TMDB names it; its address is made of a size and this';
COMMENT ON COLUMN tmdb.tv_seasons.poster_url IS '342 pixels wide';
COMMENT ON COLUMN tmdb.tv_seasons.vote_average IS 'From 0 to 10; null: nobody voted';

CREATE TABLE tmdb.tv_episodes (
  work_id bigint NOT NULL REFERENCES tmdb.titles,
  season_number integer NOT NULL,
  episode_number integer NOT NULL,
  episode_id bigint NOT NULL,
  name text,
  overview text,
  air_date date,
  episode_type text,
  production_code text,
  runtime_minutes integer,
  still_path text,
  still_url text,
  vote_average double precision,
  vote_count integer NOT NULL,
  directors text[] NOT NULL,
  writers text[] NOT NULL,
  guest_stars jsonb NOT NULL,
  PRIMARY KEY (work_id, season_number, episode_number)
);
CREATE INDEX episodes_by_air_date ON tmdb.tv_episodes (air_date);
COMMENT ON TABLE tmdb.tv_episodes IS 'Episodes as their season has them: the newest answer''s list, replaced as a whole';
COMMENT ON COLUMN tmdb.tv_episodes.episode_number IS 'Editors may renumber; numbers can have gaps';
COMMENT ON COLUMN tmdb.tv_episodes.episode_id IS 'TMDB''s number of it: one that was deleted and added again has a new one';
COMMENT ON COLUMN tmdb.tv_episodes.air_date IS 'A day of its network, without a time; null: unknown. Not always in the order of the numbers';
COMMENT ON COLUMN tmdb.tv_episodes.episode_type IS 'standard, mid_season or finale';
COMMENT ON COLUMN tmdb.tv_episodes.runtime_minutes IS 'Null: unknown';
COMMENT ON COLUMN tmdb.tv_episodes.still_path IS 'As TMDB names it; its address is made of a size and this';
COMMENT ON COLUMN tmdb.tv_episodes.still_url IS '300 pixels wide';
COMMENT ON COLUMN tmdb.tv_episodes.vote_average IS 'From 0 to 10; null: nobody voted';
COMMENT ON COLUMN tmdb.tv_episodes.guest_stars IS 'The first 10, with person_id, name and character';

ALTER TABLE tmdb.merges
  ADD COLUMN episodes_written integer NOT NULL DEFAULT 0,
  ADD COLUMN episodes_removed integer NOT NULL DEFAULT 0,
  ADD COLUMN episodes_lost integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN tmdb.merges.episodes_written IS 'Episodes that are new or changed';
COMMENT ON COLUMN tmdb.merges.episodes_removed IS 'Episodes that their seasons list no more';
COMMENT ON COLUMN tmdb.merges.episodes_lost IS 'By how many the episodes of works became fewer; renumbered ones are not lost';

ALTER TABLE tmdb.contents
  ADD COLUMN seasons integer NOT NULL DEFAULT 0,
  ADD COLUMN episodes integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN tmdb.contents.seasons IS 'Rows of tv_seasons that were made; of a film none';
COMMENT ON COLUMN tmdb.contents.episodes IS 'Rows of tv_episodes that were made; of a film none';

COMMENT ON COLUMN tmdb.pages.blocks IS 'Appended blocks that it holds in usable form, seasons of a series among them; one that is missing was not fetched, which is not the same as empty';
COMMENT ON COLUMN tmdb.details.release_date IS 'Of a film the first anywhere, of a series the first episode''s; null: unknown';
COMMENT ON COLUMN tmdb.details.runtime_minutes IS 'Of a series the usual length of an episode. Null: unknown (TMDB sends 0)';
COMMENT ON COLUMN tmdb.details.cast_members IS 'The first 15, with photos of the first 10; of a series with episode_count, over all seasons';
COMMENT ON COLUMN tmdb.details.certification IS 'In the USA: of the cinema release, else of any; of a series its content rating';
COMMENT ON COLUMN tmdb.details.status IS 'Such as Released, Post Production, Canceled; of a series Returning Series, Ended, Planned';
COMMENT ON COLUMN tmdb.similar_movies.similar_tmdb_id IS 'A film if the work is one, a series if it is one';

-- A series ages with its newest episode, one that is announced included: so it is refreshed while it runs.
CREATE OR REPLACE VIEW tmdb.staleness AS
WITH clock AS MATERIALIZED (  -- read once, not for every title
  SELECT tmdb.now() AS at
), states AS (
  SELECT
    t.work_id, t.media_type, t.tmdb_id, t.wanted_at, d.title, d.release_date, r.asked_at, r.answered_at, r.changed_at, r.forced_at, r.gone_at, r.dropped_at,
    r.answered_at + interval '1 hour' * 2 ^ least(greatest(r.incomplete, 1) - 1, 10) AS incomplete_until,
    coalesce(r.attempts, 0) AS attempts, r.failed_at, r.last_error, r.not_before, r.lease, r.leased_by, r.leased_until,
    coalesce(r.missing_blocks, '{}') AS missing_blocks, c.fetched_at, c.schema_version,
    tmdb.tier_days(coalesce(greatest(s.last_air_date, s.next_air_date), d.release_date), (clock.at AT TIME ZONE 'UTC')::date) AS tier_days,
    clock.at AS now
  FROM tmdb.titles AS t
  LEFT JOIN tmdb.refreshes AS r USING (work_id)
  LEFT JOIN tmdb.contents AS c USING (work_id)
  LEFT JOIN tmdb.details AS d USING (work_id)
  LEFT JOIN tmdb.tv_series AS s USING (work_id)
  CROSS JOIN clock
), reasoned AS (
  SELECT
    *,
    array_remove(ARRAY[
      CASE WHEN forced_at > coalesce(asked_at, '-infinity') THEN 'asked for' END,
      CASE WHEN answered_at IS NULL AND gone_at IS NULL THEN 'never fetched' END,
      CASE WHEN gone_at IS NULL AND fetched_at <= now - interval '150 days' THEN 'near the end of keeping' END,
      CASE WHEN changed_at > asked_at THEN 'changed at the source' END,
      CASE WHEN gone_at IS NULL AND missing_blocks <> '{}' AND incomplete_until <= now THEN 'a block was missing' END,
      CASE WHEN gone_at IS NULL AND schema_version < (SELECT max(v.version) FROM tmdb.schema_versions AS v) THEN 'schema version' END,
      CASE WHEN gone_at IS NULL AND answered_at <= now - make_interval(days => tier_days) THEN 'older than its tier' END,
      CASE WHEN gone_at > now - interval '180 days' AND asked_at <= now - interval '30 days' THEN 'gone for a month' END,
      CASE WHEN gone_at IS NULL AND attempts > 0 THEN 'failed' END
    ], NULL) AS reasons
  FROM states
)
SELECT
  work_id, media_type, tmdb_id, title, release_date, tier_days, asked_at, answered_at, gone_at, reasons,
  reasons <> '{}' AS is_stale,
  reasons <> '{}' AND coalesce(not_before <= now, true) AS is_due,
  CASE
    WHEN reasons = '{}' THEN NULL
    WHEN 'never fetched' = ANY(reasons) THEN greatest(wanted_at, dropped_at)
    ELSE least(
      CASE WHEN 'asked for' = ANY(reasons) THEN forced_at END,
      CASE WHEN 'changed at the source' = ANY(reasons) THEN changed_at END,
      CASE WHEN 'a block was missing' = ANY(reasons) THEN incomplete_until END,
      CASE WHEN 'older than its tier' = ANY(reasons) THEN answered_at + make_interval(days => tier_days) END,
      CASE WHEN 'near the end of keeping' = ANY(reasons) THEN fetched_at + interval '150 days' END,
      CASE WHEN 'schema version' = ANY(reasons) THEN (SELECT max(v.since) FROM tmdb.schema_versions AS v) END,
      CASE WHEN 'gone for a month' = ANY(reasons) THEN asked_at + interval '30 days' END,
      CASE WHEN reasons = ARRAY['failed'] THEN failed_at END
    )
  END AS stale_since,
  CASE
    WHEN 'asked for' = ANY(reasons) THEN 40
    WHEN reasons && ARRAY['never fetched', 'near the end of keeping'] THEN 30
    WHEN tier_days = 2 THEN 20
    WHEN reasons && ARRAY['changed at the source', 'a block was missing'] THEN 10
    ELSE 0
  END AS priority,
  attempts, failed_at, last_error, not_before, lease, leased_by, leased_until,
  coalesce(leased_until > now, false) AS is_leased,
  now
FROM reasoned;
COMMENT ON COLUMN tmdb.staleness.tier_days IS 'Days after which it is stale: 2 within 30 days of its release or newest episode, then 7, 14 and, after a year or if unknown, 30';

CREATE OR REPLACE VIEW tmdb.sync_state AS
SELECT
  media_type || '_changes' AS sync_type,
  max(read_at) AS last_sync_at,
  max(day)::text AS last_sync_cursor,
  count(*) AS sync_count,
  max(read_at) AS updated_at
FROM tmdb.changed_days
GROUP BY media_type
UNION ALL
SELECT
  CASE media_type WHEN 'movie' THEN 'list_' ELSE 'list_tv_' END || source,
  max(sent_at), max(sent_at)::text, count(DISTINCT run_id), max(sent_at)
FROM tmdb.pages
WHERE endpoint = 'list'
GROUP BY media_type, source;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_tmdb') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON tmdb.tv_series, tmdb.tv_seasons, tmdb.tv_episodes TO catalog_tmdb;
  END IF;
END
$$;
