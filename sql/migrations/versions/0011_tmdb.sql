-- TMDB: stored answers, every title's state, what is due and why, and the tables of works made from the answers.
-- Films and series share numbers: everything is keyed by (media_type, tmdb_id), and inside by work_id.

CREATE SCHEMA tmdb;

DO $$
BEGIN
  IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      CREATE ROLE catalog_tmdb NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- roles belong to the server: another database on it made this one
    END;
  END IF;
END
$$;

CREATE FUNCTION tmdb.now() RETURNS timestamptz
LANGUAGE sql STABLE
AS 'SELECT ops.now()';
COMMENT ON FUNCTION tmdb.now() IS 'ops.now(), the same throughout a statement: so conditions reach through views and use indexes.';

-- What may be shown only with a notice ------------------------------------------------------------------------------

CREATE TABLE ops.attributions (
  source text PRIMARY KEY,
  notice text NOT NULL,
  logo text,
  link text NOT NULL,
  applies_to text NOT NULL,
  reviewed_on date NOT NULL
);
COMMENT ON TABLE ops.attributions IS 'What must be said wherever data of a source is shown. Written by migrations.';
COMMENT ON COLUMN ops.attributions.source IS 'Who asks for it, such as tmdb';
COMMENT ON COLUMN ops.attributions.link IS 'Where the notice leads';
COMMENT ON COLUMN ops.attributions.notice IS 'The text, word for word';
COMMENT ON COLUMN ops.attributions.logo IS 'What holds for its logo; null: none is asked for';
COMMENT ON COLUMN ops.attributions.applies_to IS 'Which data it is due for';
COMMENT ON COLUMN ops.attributions.reviewed_on IS 'When the source''s terms were last read';
INSERT INTO ops.attributions VALUES
  (
    'tmdb',
    'This product uses TMDB and the TMDB APIs but is not endorsed, certified, or otherwise approved by TMDB.',
    'An approved TMDB logo, unmodified, less prominent than one''s own, named "TMDB" or "The Movie Database"',
    'https://www.themoviedb.org',
    'everything of schema tmdb and what is made from it',
    '2026-11-22'
  ),
  (
    'justwatch',
    'Streaming availability by JustWatch.',
    NULL,
    'https://www.justwatch.com',
    'works_meta.streaming and every availability that comes from TMDB',
    '2026-11-22'
  );

-- Answers ------------------------------------------------------------------------------------------------------------

CREATE TABLE tmdb.pages (
  page_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  endpoint text NOT NULL CHECK (endpoint IN ('list', 'changes', 'details')),
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  source text,
  tmdb_id bigint,
  path text NOT NULL,
  params jsonb NOT NULL,
  status integer NOT NULL,
  etag text,
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  body bytea NOT NULL,
  body_bytes integer NOT NULL,
  body_sha256 bytea NOT NULL,
  blocks text[] NOT NULL DEFAULT '{}',
  problem text,
  run_id text NOT NULL,
  CHECK ((endpoint = 'details') = (tmdb_id IS NOT NULL)),
  CHECK ((endpoint = 'list') = (source IS NOT NULL))
);
ALTER TABLE tmdb.pages ALTER COLUMN body SET STORAGE EXTERNAL;  -- it is compressed already
CREATE INDEX pages_of_title ON tmdb.pages (media_type, tmdb_id, sent_at) WHERE endpoint = 'details';
CREATE INDEX pages_by_time ON tmdb.pages (endpoint, sent_at);
CREATE INDEX pages_of_run ON tmdb.pages (run_id);
COMMENT ON TABLE tmdb.pages IS 'Every answer as it came: the record from which the tables of works are made. Append-only.';
COMMENT ON COLUMN tmdb.pages.endpoint IS 'list: titles of a list; changes: the feed of changed ids; details: one title with everything appended';
COMMENT ON COLUMN tmdb.pages.source IS 'Which list: popular, now_playing, trending, upcoming';
COMMENT ON COLUMN tmdb.pages.tmdb_id IS 'The title whose details were asked for';
COMMENT ON COLUMN tmdb.pages.params IS 'Query of the request, without the credential';
COMMENT ON COLUMN tmdb.pages.status IS 'HTTP status: 200, 304 (as it was), 404 (gone; its body is not kept)';
COMMENT ON COLUMN tmdb.pages.etag IS 'What the next request of the same may send as If-None-Match';
COMMENT ON COLUMN tmdb.pages.sent_at IS 'When the request was sent, by the database''s clock: newer means sent later';
COMMENT ON COLUMN tmdb.pages.body IS 'The answer''s body, byte for byte, zstd-compressed; empty with 304 and 404';
COMMENT ON COLUMN tmdb.pages.body_bytes IS 'Bytes of the body before compression';
COMMENT ON COLUMN tmdb.pages.body_sha256 IS 'SHA-256 of the body before compression';
COMMENT ON COLUMN tmdb.pages.blocks IS 'Appended blocks that it holds in usable form; one that is missing was not fetched, which is not the same as empty';
COMMENT ON COLUMN tmdb.pages.problem IS 'Why it cannot be used as what was asked for; null: it can';
COMMENT ON COLUMN tmdb.pages.run_id IS 'The Dagster run that asked';

CREATE VIEW tmdb.rejected_items AS
SELECT page_id, endpoint, media_type, tmdb_id, sent_at, problem AS reason, body, run_id
FROM tmdb.pages
WHERE problem IS NOT NULL;
COMMENT ON VIEW tmdb.rejected_items IS 'Answers that could not be used, with the reason; the body as it came, zstd-compressed';

CREATE TABLE tmdb.list_entries (
  page_id bigint NOT NULL REFERENCES tmdb.pages ON DELETE CASCADE,
  position integer NOT NULL,
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint NOT NULL,
  PRIMARY KEY (page_id, position)
);
CREATE INDEX list_entries_of_title ON tmdb.list_entries (media_type, tmdb_id);
COMMENT ON TABLE tmdb.list_entries IS 'Which titles a list held when. Append-only.';
COMMENT ON COLUMN tmdb.list_entries.position IS 'Place on the page, from 0';

CREATE TABLE tmdb.changed_days (
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  day date NOT NULL,
  read_at timestamptz NOT NULL,
  ids integer NOT NULL,
  PRIMARY KEY (media_type, day)
);
COMMENT ON TABLE tmdb.changed_days IS 'Days (UTC) whose feed of changes was read to its end';
COMMENT ON COLUMN tmdb.changed_days.read_at IS 'When its first page was asked for: what changed later that day is not in it';
COMMENT ON COLUMN tmdb.changed_days.ids IS 'Titles it named, ours or not';

-- Titles and their state ---------------------------------------------------------------------------------------------

CREATE TABLE tmdb.titles (
  work_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint NOT NULL CHECK (tmdb_id > 0),
  wanted_by text NOT NULL,
  wanted_at timestamptz NOT NULL,
  UNIQUE (media_type, tmdb_id)
);
COMMENT ON TABLE tmdb.titles IS 'The titles that are kept: on a list, asked for by id, or named by another service. Append-only.';
COMMENT ON COLUMN tmdb.titles.work_id IS 'Our number of it';
COMMENT ON COLUMN tmdb.titles.media_type IS 'movie or tv: both use the same numbers';
COMMENT ON COLUMN tmdb.titles.tmdb_id IS 'TMDB''s number; films and series use the same ones';
COMMENT ON COLUMN tmdb.titles.wanted_by IS 'The first to want it: a list''s name, or ids';

CREATE TABLE tmdb.refreshes (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  asked_at timestamptz,
  answered_at timestamptz,
  page_id bigint REFERENCES tmdb.pages,
  etag text,
  missing_blocks text[] NOT NULL DEFAULT '{}',
  incomplete integer NOT NULL DEFAULT 0,
  changed_at timestamptz,
  forced_at timestamptz,
  forced_by text,
  gone_at timestamptz,
  dropped_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  failed_at timestamptz,
  failed_by text,
  last_error text,
  not_before timestamptz,
  lease uuid,
  leased_by text,
  leased_until timestamptz
) WITH (fillfactor = 70);
CREATE INDEX refreshes_of_page ON tmdb.refreshes (page_id);  -- a page that goes is looked for here
COMMENT ON TABLE tmdb.refreshes IS 'How far each title is fetched, and who is at it. What is due is made from it: see staleness.';
COMMENT ON COLUMN tmdb.refreshes.asked_at IS 'When the newest request was sent that was answered in any way: with details, that they are as they were, or that there is no such title';
COMMENT ON COLUMN tmdb.refreshes.incomplete IS 'Answers in a row that lacked a block';
COMMENT ON COLUMN tmdb.refreshes.forced_by IS 'ids, or every: all works were asked for';
COMMENT ON COLUMN tmdb.refreshes.dropped_at IS 'When its content was removed because it may not be kept any longer';
COMMENT ON COLUMN tmdb.refreshes.answered_at IS 'When the newest request was sent that brought usable details or said they are as they were; null: never';
COMMENT ON COLUMN tmdb.refreshes.page_id IS 'The newest page with content';
COMMENT ON COLUMN tmdb.refreshes.etag IS 'Of that page';
COMMENT ON COLUMN tmdb.refreshes.missing_blocks IS 'Blocks that this page lacks';
COMMENT ON COLUMN tmdb.refreshes.changed_at IS 'Up to when the feed last told of a change';
COMMENT ON COLUMN tmdb.refreshes.forced_at IS 'When somebody last asked for it whatever its age';
COMMENT ON COLUMN tmdb.refreshes.gone_at IS 'When TMDB first answered that there is no such title; null: there is';
COMMENT ON COLUMN tmdb.refreshes.attempts IS 'Failures since the newest answer';
COMMENT ON COLUMN tmdb.refreshes.failed_by IS 'The Dagster run that met the newest failure';
COMMENT ON COLUMN tmdb.refreshes.not_before IS 'After a failure: when it may be tried again';
COMMENT ON COLUMN tmdb.refreshes.lease IS 'Of whom it is being fetched; null: nobody';
COMMENT ON COLUMN tmdb.refreshes.leased_by IS 'The Dagster run that holds the lease';

CREATE TABLE tmdb.schema_versions (
  version integer PRIMARY KEY,
  why text NOT NULL,
  since timestamptz NOT NULL
);
COMMENT ON TABLE tmdb.schema_versions IS 'Versions of what is asked for of a title; a title fetched by an older one is due. Written by migrations.';
INSERT INTO tmdb.schema_versions VALUES (4, 'One request with eleven blocks; the systems before ended with 3', '2026-11-22');

-- Works --------------------------------------------------------------------------------------------------------------

CREATE TABLE tmdb.merges (
  merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  merged_at timestamptz NOT NULL,
  pages integer NOT NULL DEFAULT 0,
  inserted integer NOT NULL DEFAULT 0,
  updated integer NOT NULL DEFAULT 0,
  unchanged integer NOT NULL DEFAULT 0,
  rejected integer NOT NULL DEFAULT 0,
  gone integer NOT NULL DEFAULT 0,
  cards integer NOT NULL DEFAULT 0
);
COMMENT ON TABLE tmdb.merges IS 'Every merge of details into the tables of works';
COMMENT ON COLUMN tmdb.merges.pages IS 'Pages of details that it took';
COMMENT ON COLUMN tmdb.merges.rejected IS 'Pages of these that cannot be used';
COMMENT ON COLUMN tmdb.merges.gone IS 'Pages of these that say that there is no such title';
COMMENT ON COLUMN tmdb.merges.cards IS 'Cards that were written anew';

CREATE TABLE tmdb.page_merges (
  page_id bigint PRIMARY KEY REFERENCES tmdb.pages ON DELETE CASCADE,
  merge_id bigint NOT NULL REFERENCES tmdb.merges
);
CREATE INDEX page_merges_of_merge ON tmdb.page_merges (merge_id);
COMMENT ON TABLE tmdb.page_merges IS 'Which merge took which page of details';

CREATE TABLE tmdb.contents (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  page_id bigint NOT NULL REFERENCES tmdb.pages,
  block_pages jsonb NOT NULL,
  content_hash uuid NOT NULL,
  schema_version integer NOT NULL REFERENCES tmdb.schema_versions,
  fetched_at timestamptz NOT NULL,
  confirmed_at timestamptz NOT NULL,
  changed_at timestamptz NOT NULL
);
CREATE INDEX contents_of_page ON tmdb.contents (page_id);  -- a page that goes is looked for here
COMMENT ON TABLE tmdb.contents IS 'What each work''s tables are made from';
COMMENT ON COLUMN tmdb.contents.page_id IS 'Its newest usable page of details';
COMMENT ON COLUMN tmdb.contents.block_pages IS 'Blocks which that page lacks, each with the newest older page that has it';
COMMENT ON COLUMN tmdb.contents.content_hash IS 'Of all that is made from these pages: an unchanged one writes nothing';
COMMENT ON COLUMN tmdb.contents.schema_version IS 'Of what is asked for, when it was merged: see schema_versions';
COMMENT ON COLUMN tmdb.contents.fetched_at IS 'When that page was asked for';
COMMENT ON COLUMN tmdb.contents.confirmed_at IS 'When it was last asked for, also if the answer was that nothing changed';
COMMENT ON COLUMN tmdb.contents.changed_at IS 'When the page was asked for that brought the present content';

CREATE TABLE tmdb.details (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  imdb_id text,
  title text NOT NULL,
  original_title text,
  release_date date,
  year integer,
  runtime_minutes integer,
  runtime_display text,
  tagline text,
  overview text,
  overview_short text,
  genres text[] NOT NULL,
  genre_ids integer[] NOT NULL,
  subgenres text[],
  moods text[],
  themes text[],
  certification text,
  certifications jsonb NOT NULL,
  poster_path text,
  backdrop_path text,
  poster_url_small text,
  poster_url_medium text,
  poster_url_large text,
  poster_url_original text,
  backdrop_url text,
  backdrop_url_mobile text,
  cast_members jsonb NOT NULL,
  crew_members jsonb NOT NULL,
  directors text[] NOT NULL,
  trailers jsonb NOT NULL,
  trailer_youtube_id text,
  trailer_thumbnail text,
  still_images text[] NOT NULL,
  streaming jsonb NOT NULL,
  production_companies jsonb NOT NULL,
  production_countries text[] NOT NULL,
  keywords text[] NOT NULL,
  spoken_languages text[] NOT NULL,
  original_language text,
  origin_country text[] NOT NULL,
  collection jsonb,
  budget bigint,
  revenue_worldwide bigint,
  homepage text,
  status text,
  popularity double precision,
  adult boolean,
  alternative_titles jsonb NOT NULL,
  translations jsonb NOT NULL,
  external_ids jsonb NOT NULL,
  technical jsonb,
  awards jsonb
) WITH (toast_tuple_target = 4080);
CREATE INDEX details_by_imdb_id ON tmdb.details (imdb_id);
CREATE INDEX details_by_title ON tmdb.details (lower(title));
CREATE INDEX details_by_release_date ON tmdb.details (release_date);
CREATE INDEX details_by_year ON tmdb.details (year);
COMMENT ON TABLE tmdb.details IS 'A work''s newest content: the views works and works_meta show it';
COMMENT ON COLUMN tmdb.details.imdb_id IS 'IMDb''s id; two works of TMDB can bear one, see imdb_conflicts';
COMMENT ON COLUMN tmdb.details.title IS 'In English, else as TMDB has it';
COMMENT ON COLUMN tmdb.details.original_title IS 'In the language it was made in';
COMMENT ON COLUMN tmdb.details.release_date IS 'The first anywhere; null: unknown';
COMMENT ON COLUMN tmdb.details.year IS 'Of the release';
COMMENT ON COLUMN tmdb.details.runtime_minutes IS 'Null: unknown (TMDB sends 0)';
COMMENT ON COLUMN tmdb.details.runtime_display IS 'Such as 2h 1m';
COMMENT ON COLUMN tmdb.details.overview_short IS 'The first 150 characters';
COMMENT ON COLUMN tmdb.details.genres IS 'Names, in English';
COMMENT ON COLUMN tmdb.details.genre_ids IS 'TMDB''s numbers of these; films and series have different sets';
COMMENT ON COLUMN tmdb.details.certifications IS 'By country, by the same rule';
COMMENT ON COLUMN tmdb.details.poster_path IS 'As TMDB names it; its address is made of a size and this';
COMMENT ON COLUMN tmdb.details.backdrop_path IS 'Likewise';
COMMENT ON COLUMN tmdb.details.poster_url_small IS '185 pixels wide';
COMMENT ON COLUMN tmdb.details.poster_url_medium IS '342 pixels wide';
COMMENT ON COLUMN tmdb.details.poster_url_large IS '500 pixels wide';
COMMENT ON COLUMN tmdb.details.poster_url_original IS 'Unscaled';
COMMENT ON COLUMN tmdb.details.backdrop_url IS '780 pixels wide';
COMMENT ON COLUMN tmdb.details.backdrop_url_mobile IS '300 pixels wide';
COMMENT ON COLUMN tmdb.details.cast_members IS 'The first 15, with photos of the first 10';
COMMENT ON COLUMN tmdb.details.crew_members IS 'The first 10 of direction, writing, production, camera and music';
COMMENT ON COLUMN tmdb.details.directors IS 'Names';
COMMENT ON COLUMN tmdb.details.trailers IS 'The first 10 videos on YouTube';
COMMENT ON COLUMN tmdb.details.trailer_youtube_id IS 'The official trailer, else a trailer, else the first video';
COMMENT ON COLUMN tmdb.details.trailer_thumbnail IS 'Its picture on YouTube';
COMMENT ON COLUMN tmdb.details.still_images IS 'Up to 5 backdrops, those without text first';
COMMENT ON COLUMN tmdb.details.production_companies IS 'With id, name and country';
COMMENT ON COLUMN tmdb.details.production_countries IS 'ISO 3166-1 codes';
COMMENT ON COLUMN tmdb.details.spoken_languages IS 'ISO 639-1 codes, and TMDB''s own xx and cn';
COMMENT ON COLUMN tmdb.details.original_language IS 'Likewise';
COMMENT ON COLUMN tmdb.details.origin_country IS 'ISO 3166-1 codes';
COMMENT ON COLUMN tmdb.details.collection IS 'Id and name of the series of films it belongs to';
COMMENT ON COLUMN tmdb.details.revenue_worldwide IS 'US dollars; null: unknown (TMDB sends 0)';
COMMENT ON COLUMN tmdb.details.status IS 'Such as Released, Post Production, Canceled';
COMMENT ON COLUMN tmdb.details.alternative_titles IS 'With country and type';
COMMENT ON COLUMN tmdb.details.translations IS 'Titles and texts by language and country, without empty ones';
COMMENT ON COLUMN tmdb.details.external_ids IS 'Of Wikidata and others, those that there are';
COMMENT ON COLUMN tmdb.details.certification IS 'In the USA: of the cinema release, else of any';
COMMENT ON COLUMN tmdb.details.subgenres IS 'TMDB has none: null';
COMMENT ON COLUMN tmdb.details.moods IS 'TMDB has none: null';
COMMENT ON COLUMN tmdb.details.themes IS 'TMDB has none: null';
COMMENT ON COLUMN tmdb.details.technical IS 'TMDB has none: null';
COMMENT ON COLUMN tmdb.details.awards IS 'TMDB has none: null';
COMMENT ON COLUMN tmdb.details.streaming IS 'By country, as JustWatch tells TMDB: show it with the credit of ops.attributions';
COMMENT ON COLUMN tmdb.details.budget IS 'US dollars; null: unknown (TMDB sends 0)';
COMMENT ON COLUMN tmdb.details.popularity IS 'TMDB''s own figure when the page was fetched; its scale changed over the years';

CREATE TABLE tmdb.rating_sources (
  rating_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  work_id bigint NOT NULL REFERENCES tmdb.titles,
  source_name text NOT NULL,
  scale_type text NOT NULL CHECK (scale_type IN ('0_10', '0_5', '0_100', '0_4')),
  value_raw double precision,
  value_0_100 double precision,
  votes_count integer NOT NULL,
  last_seen_at timestamptz NOT NULL,
  UNIQUE (work_id, source_name)
);
COMMENT ON TABLE tmdb.rating_sources IS 'Ratings as their sources give them';
COMMENT ON COLUMN tmdb.rating_sources.value_raw IS 'On the source''s scale; null: nobody voted';
COMMENT ON COLUMN tmdb.rating_sources.last_seen_at IS 'When the page was asked for that brought it';

CREATE TABLE tmdb.score_methods (
  method_version text PRIMARY KEY,
  description text NOT NULL,
  prior_mean double precision,
  prior_votes double precision,
  vote_spread double precision,
  is_shown boolean NOT NULL,
  reviewed_on date NOT NULL
);
CREATE UNIQUE INDEX score_methods_shown ON tmdb.score_methods (is_shown) WHERE is_shown;
COMMENT ON TABLE tmdb.score_methods IS 'How scores are made; written by migrations. docs/scores.md has the formulas.';
COMMENT ON COLUMN tmdb.score_methods.prior_mean IS 'What a film is taken for before anybody votes, 0 to 100';
COMMENT ON COLUMN tmdb.score_methods.prior_votes IS 'How many votes that is worth';
COMMENT ON COLUMN tmdb.score_methods.vote_spread IS 'Standard deviation of one vote, 0 to 100';
COMMENT ON COLUMN tmdb.score_methods.is_shown IS 'Whether cards show it';
INSERT INTO tmdb.score_methods VALUES
  ('v1_2025_11', 'TMDB''s average times ten, five to either side, whatever the votes', NULL, NULL, NULL, false, '2026-11-22'),
  ('shrunk_2026_11', 'TMDB''s average shrunk towards a prior by the number of votes; null without votes', 62, 25, 20, true, '2026-11-22');

CREATE TABLE tmdb.aggregates (
  work_id bigint NOT NULL REFERENCES tmdb.titles,
  method_version text NOT NULL REFERENCES tmdb.score_methods,
  ai_score double precision,
  ai_score_low double precision,
  ai_score_high double precision,
  source_scores jsonb NOT NULL,
  n_critics integer NOT NULL,
  n_audience integer NOT NULL,
  critics_score double precision,
  audience_score double precision,
  inputs_fingerprint text NOT NULL,
  computed_at timestamptz NOT NULL,
  PRIMARY KEY (work_id, method_version)
);
COMMENT ON TABLE tmdb.aggregates IS 'Scores from 0 to 100 by method; docs/scores.md says what they mean';
COMMENT ON COLUMN tmdb.aggregates.ai_score IS 'Null: nobody voted (method v1_2025_11 says 0 then)';
COMMENT ON COLUMN tmdb.aggregates.n_audience IS 'Sources of audience ratings that went in';
COMMENT ON COLUMN tmdb.aggregates.critics_score IS 'TMDB has no critics: null';
COMMENT ON COLUMN tmdb.aggregates.audience_score IS 'What went in of the audience, before any shrinking; null: nobody voted';
COMMENT ON COLUMN tmdb.aggregates.inputs_fingerprint IS 'Stands for source_scores';
COMMENT ON COLUMN tmdb.aggregates.computed_at IS 'When the page was asked for that brought the newest of its ratings';

CREATE TABLE tmdb.similar_movies (
  work_id bigint NOT NULL REFERENCES tmdb.titles,
  similar_tmdb_id bigint NOT NULL,
  source text NOT NULL,
  rank_order integer NOT NULL,
  confidence double precision NOT NULL,
  notes text,
  created_at timestamptz NOT NULL,
  PRIMARY KEY (work_id, similar_tmdb_id, source)
);
COMMENT ON TABLE tmdb.similar_movies IS 'What TMDB holds similar: the newest answer''s list, replaced as a whole';
COMMENT ON COLUMN tmdb.similar_movies.created_at IS 'When the page was asked for that put it at this place';

CREATE TABLE tmdb.work_cards_cache (
  work_id bigint PRIMARY KEY REFERENCES tmdb.titles,
  payload jsonb NOT NULL,
  payload_short jsonb NOT NULL,
  etag text NOT NULL,
  computed_at timestamptz NOT NULL
);
COMMENT ON TABLE tmdb.work_cards_cache IS 'Ready-made cards, rewritten only when their content changes';
COMMENT ON COLUMN tmdb.work_cards_cache.etag IS 'SHA-256 of the payload without last_updated';
COMMENT ON COLUMN tmdb.work_cards_cache.computed_at IS 'The merge that wrote it';

CREATE TABLE tmdb.scheduled_ingestion_log (
  log_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL UNIQUE,
  source text NOT NULL,
  trigger_type text NOT NULL CHECK (trigger_type IN ('scheduled', 'manual')),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'partial', 'failed')),
  movies_checked integer NOT NULL DEFAULT 0,
  movies_skipped integer NOT NULL DEFAULT 0,
  movies_ingested integer NOT NULL DEFAULT 0,
  movies_failed integer NOT NULL DEFAULT 0,
  movies_gone integer NOT NULL DEFAULT 0,
  ingested_titles text[] NOT NULL DEFAULT '{}',
  failed_titles text[] NOT NULL DEFAULT '{}',
  duration_ms bigint,
  error text,
  created_at timestamptz NOT NULL,
  completed_at timestamptz
);
CREATE INDEX ingestion_log_by_time ON tmdb.scheduled_ingestion_log (created_at DESC);
COMMENT ON TABLE tmdb.scheduled_ingestion_log IS 'Every run that asked TMDB, also those that found nothing to do';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.source IS 'popular, now_playing, trending, upcoming, all, mixed_daily, mixed_weekly; due: what was stale; ids; every: all works';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.movies_checked IS 'Titles looked at: on the lists read, or asked for';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.movies_skipped IS 'Of these, those that were fresh';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.movies_ingested IS 'Titles fetched and merged';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.movies_gone IS 'Titles that TMDB said it has not';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.ingested_titles IS '"Title (Year)", the first 100';
COMMENT ON COLUMN tmdb.scheduled_ingestion_log.failed_titles IS '"Title: error", the first 100';

-- What is due, and why -----------------------------------------------------------------------------------------------

CREATE FUNCTION tmdb.tier_days(released date, today date) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT CASE WHEN today - released <= 30 THEN 2 WHEN today - released <= 180 THEN 7 WHEN today - released <= 365 THEN 14 ELSE 30 END
$$;
COMMENT ON FUNCTION tmdb.tier_days IS 'After how many days a title is stale, by its age on a day; 30 if its release is unknown';

CREATE VIEW tmdb.staleness AS
WITH clock AS MATERIALIZED (  -- read once, not for every title
  SELECT tmdb.now() AS at
), states AS (
  SELECT
    t.work_id, t.media_type, t.tmdb_id, t.wanted_at, d.title, d.release_date, r.asked_at, r.answered_at, r.changed_at, r.forced_at, r.gone_at, r.dropped_at,
    r.answered_at + interval '1 hour' * 2 ^ least(greatest(r.incomplete, 1) - 1, 10) AS incomplete_until,
    coalesce(r.attempts, 0) AS attempts, r.failed_at, r.last_error, r.not_before, r.lease, r.leased_by, r.leased_until,
    coalesce(r.missing_blocks, '{}') AS missing_blocks, c.fetched_at, c.schema_version,
    tmdb.tier_days(d.release_date, (clock.at AT TIME ZONE 'UTC')::date) AS tier_days,
    clock.at AS now
  FROM tmdb.titles AS t
  LEFT JOIN tmdb.refreshes AS r USING (work_id)
  LEFT JOIN tmdb.contents AS c USING (work_id)
  LEFT JOIN tmdb.details AS d USING (work_id)
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
COMMENT ON VIEW tmdb.staleness IS 'The one place that says of every title whether it is due for fetching, and why';
COMMENT ON COLUMN tmdb.staleness.tier_days IS 'Days after which it is stale: 2 within 30 days of its release, then 7, 14 and, after a year or if unknown, 30';
COMMENT ON COLUMN tmdb.staleness.reasons IS 'Why it is stale; empty: it is fresh, or gone';
COMMENT ON COLUMN tmdb.staleness.is_due IS 'Stale, and not waiting after a failure';
COMMENT ON COLUMN tmdb.staleness.priority IS 'Higher goes first';

CREATE FUNCTION tmdb.is_stale(p_work_id bigint) RETURNS boolean
LANGUAGE sql STABLE
AS 'SELECT s.is_stale FROM tmdb.staleness AS s WHERE s.work_id = p_work_id';
COMMENT ON FUNCTION tmdb.is_stale IS 'What staleness says of a work; null: there is no such work';

CREATE VIEW tmdb.refresh_queue AS
SELECT
  work_id, media_type, tmdb_id, title, priority,
  CASE WHEN is_leased THEN 'processing' WHEN NOT is_due THEN 'waiting' ELSE 'queued' END AS status,
  reasons, stale_since AS queued_at, now - stale_since AS age, attempts AS retry_count, last_error, failed_at, not_before,
  answered_at AS processed_at, leased_by, leased_until
FROM tmdb.staleness
WHERE is_stale;
COMMENT ON VIEW tmdb.refresh_queue IS 'What is to be fetched: a state, so that a finished title comes back when it is stale again';
COMMENT ON COLUMN tmdb.refresh_queue.status IS 'queued; processing: somebody holds its lease; waiting: it failed and is tried again at not_before';

-- The tables as they are documented ----------------------------------------------------------------------------------

CREATE VIEW tmdb.works AS
SELECT
  t.work_id, t.media_type, t.tmdb_id, d.imdb_id, d.title, d.original_title, d.year, d.release_date,
  c.confirmed_at AS last_refreshed_at,
  0::bigint AS request_count,
  CASE
    WHEN coalesce(r.leased_until > ops.now(), false) THEN 'ingesting'
    WHEN r.attempts > 0 THEN 'failed'
    WHEN c.work_id IS NOT NULL THEN 'complete'
    ELSE 'pending'
  END AS ingestion_status,
  r.gone_at,
  t.wanted_by,
  t.wanted_at AS created_at,
  coalesce(c.changed_at, t.wanted_at) AS updated_at
FROM tmdb.titles AS t
LEFT JOIN tmdb.refreshes AS r USING (work_id)
LEFT JOIN tmdb.contents AS c USING (work_id)
LEFT JOIN tmdb.details AS d USING (work_id);
COMMENT ON VIEW tmdb.works IS 'Films and series as TMDB knows them, those not fetched yet and those gone included';
COMMENT ON COLUMN tmdb.works.title IS 'Null: not fetched yet';
COMMENT ON COLUMN tmdb.works.last_refreshed_at IS 'When it was last asked for with success; null: never';
COMMENT ON COLUMN tmdb.works.request_count IS 'How often users asked for it: counted once there is an API';
COMMENT ON COLUMN tmdb.works.ingestion_status IS 'pending, ingesting, complete or failed: made from its state, so that it cannot stick';
COMMENT ON COLUMN tmdb.works.gone_at IS 'Since when TMDB has no such title; null: it has';

CREATE VIEW tmdb.works_meta AS
SELECT
  d.work_id, d.runtime_minutes, d.runtime_display, d.tagline, d.overview, d.overview_short, d.genres, d.genre_ids, d.subgenres, d.moods,
  d.themes, d.certification, d.certifications, d.poster_path, d.backdrop_path, d.poster_url_small, d.poster_url_medium,
  d.poster_url_large, d.poster_url_original, d.backdrop_url, d.backdrop_url_mobile, d.cast_members, d.crew_members, d.directors,
  d.trailers, d.trailer_youtube_id, d.trailer_thumbnail, d.still_images, d.streaming, d.production_companies, d.production_countries,
  d.keywords, d.spoken_languages, d.original_language, d.origin_country, d.collection, d.budget, d.revenue_worldwide, d.homepage,
  d.status, d.popularity, d.adult, d.alternative_titles, d.translations, d.external_ids, d.technical, d.awards,
  c.schema_version, c.fetched_at, c.changed_at AS updated_at
FROM tmdb.details AS d
JOIN tmdb.contents AS c USING (work_id);
COMMENT ON VIEW tmdb.works_meta IS 'What is told about a work';
COMMENT ON COLUMN tmdb.works_meta.fetched_at IS 'When its page was asked for: nothing of TMDB may be kept for more than six months';

CREATE VIEW tmdb.imdb_conflicts AS
SELECT d.imdb_id, t.media_type, array_agg(t.tmdb_id ORDER BY t.tmdb_id) AS tmdb_ids, array_agg(d.title ORDER BY t.tmdb_id) AS titles
FROM tmdb.details AS d
JOIN tmdb.titles AS t USING (work_id)
WHERE d.imdb_id IS NOT NULL
GROUP BY d.imdb_id, t.media_type
HAVING count(*) > 1;
COMMENT ON VIEW tmdb.imdb_conflicts IS 'Ids of IMDb that several works of TMDB bear: kept, and reported';

CREATE VIEW tmdb.sync_state AS
SELECT
  media_type || '_changes' AS sync_type,
  max(read_at) AS last_sync_at,
  max(day)::text AS last_sync_cursor,
  count(*) AS sync_count,
  max(read_at) AS updated_at
FROM tmdb.changed_days
GROUP BY media_type
UNION ALL
SELECT 'list_' || source, max(sent_at), max(sent_at)::text, count(DISTINCT run_id), max(sent_at)
FROM tmdb.pages
WHERE endpoint = 'list'
GROUP BY source;
COMMENT ON VIEW tmdb.sync_state IS 'How far lists and the feed of changes are read';
COMMENT ON COLUMN tmdb.sync_state.last_sync_cursor IS 'The newest day of the feed; of a list, when it was last read';

CREATE VIEW tmdb.tmdb_api_logs AS
SELECT
  call_id AS log_id, endpoint, 'GET' AS method, status AS http_status, NULL::jsonb AS query_params, NULL::jsonb AS request_body,
  bytes AS response_size_bytes, ms AS response_time_ms, NULL::integer AS results_count, asset AS edge_function,
  NULL::text AS user_query, substring(endpoint FROM '^/3/(?:movie|tv)/([0-9]{1,18})$')::bigint AS tmdb_id,
  NULL::text AS voice_event_id, failure AS error_message, attempt - 1 AS retry_count,
  jsonb_build_object('run_id', run_id, 'request_id', request_id) AS metadata, run_id, request_id, sent_at AS created_at
FROM ops.api_calls
WHERE service = 'tmdb';
COMMENT ON VIEW tmdb.tmdb_api_logs IS 'Every attempt to call TMDB: the platform''s call log';
COMMENT ON COLUMN tmdb.tmdb_api_logs.query_params IS 'Null: the log keeps no parameters; tmdb.pages has those of every answer';
COMMENT ON COLUMN tmdb.tmdb_api_logs.edge_function IS 'The asset that asked';

COMMENT ON COLUMN tmdb.works.created_at IS 'Since when it is kept';
COMMENT ON COLUMN tmdb.works.updated_at IS 'When the page was asked for that brought the present content';
COMMENT ON COLUMN tmdb.works_meta.updated_at IS 'When the page was asked for that brought the present content';

-- A view's column says what its table's says, unless it says something itself.
DO $$
DECLARE
  shown record;
BEGIN
  FOR shown IN
    SELECT v.attrelid::regclass AS relation, v.attname AS name, coalesce(
      col_description('tmdb.details'::regclass, d.attnum), col_description('tmdb.contents'::regclass, c.attnum),
      col_description('tmdb.titles'::regclass, t.attnum)
    ) AS description
    FROM pg_attribute AS v
    LEFT JOIN pg_attribute AS d ON d.attrelid = 'tmdb.details'::regclass AND d.attname = v.attname
    LEFT JOIN pg_attribute AS c ON c.attrelid = 'tmdb.contents'::regclass AND c.attname = v.attname
    LEFT JOIN pg_attribute AS t ON t.attrelid = 'tmdb.titles'::regclass AND t.attname = v.attname
    WHERE
      v.attrelid IN ('tmdb.works'::regclass, 'tmdb.works_meta'::regclass)
      AND v.attnum > 0 AND col_description(v.attrelid, v.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN %s.%I IS %L', shown.relation, shown.name, shown.description);
  END LOOP;
END
$$;

-- To look at ----------------------------------------------------------------------------------------------------------

CREATE VIEW tmdb.run_history AS
SELECT
  l.run_id, l.source, l.trigger_type, l.status, l.created_at AS started_at, l.completed_at AS ended_at, l.duration_ms,
  l.movies_checked, l.movies_skipped, l.movies_ingested, l.movies_failed, l.movies_gone, calls.requests, calls.refused, calls.failures, l.error
FROM tmdb.scheduled_ingestion_log AS l
LEFT JOIN LATERAL (
  SELECT
    count(*) AS requests,
    count(*) FILTER (WHERE c.status = 429) AS refused,
    count(*) FILTER (WHERE c.failure IS NOT NULL AND c.status IS DISTINCT FROM 429) AS failures
  FROM ops.api_calls AS c
  WHERE c.run_id = l.run_id AND c.service = 'tmdb'
) AS calls ON true;
COMMENT ON VIEW tmdb.run_history IS 'Every run that asked TMDB, with what it asked';
COMMENT ON COLUMN tmdb.run_history.refused IS 'Answers 429';
COMMENT ON COLUMN tmdb.run_history.failures IS 'Requests without an answer to keep, 429 apart';

CREATE VIEW ops.calls_by_endpoint AS
SELECT
  c.service, c.asset, regexp_replace(c.endpoint, '([a-z])/[0-9]+(?=/|$)', '\1/…', 'g') AS endpoint, (c.sent_at AT TIME ZONE 'UTC')::date AS day,
  c.status, count(*) AS calls,
  percentile_disc(0.5) WITHIN GROUP (ORDER BY c.ms) AS p50_ms,
  percentile_disc(0.95) WITHIN GROUP (ORDER BY c.ms) AS p95_ms,
  sum(c.bytes) AS bytes,
  mode() WITHIN GROUP (ORDER BY c.failure) AS top_error
FROM ops.api_calls AS c
GROUP BY 1, 2, 3, 4, 5;
COMMENT ON VIEW ops.calls_by_endpoint IS 'Attempts to call services by service, asset, endpoint, day (UTC) and status';
COMMENT ON COLUMN ops.calls_by_endpoint.endpoint IS 'Path, its numbers left out';
COMMENT ON COLUMN ops.calls_by_endpoint.p50_ms IS 'Half of them took no longer';
COMMENT ON COLUMN ops.calls_by_endpoint.p95_ms IS 'Nineteen of twenty took no longer';
COMMENT ON COLUMN ops.calls_by_endpoint.top_error IS 'The most frequent failure; null: most had none';

CREATE VIEW tmdb.queue_backlog AS
SELECT
  media_type, priority, status, retry_count, count(*) AS titles, max(age) AS oldest, min(not_before) AS next_try_at,
  mode() WITHIN GROUP (ORDER BY last_error) AS top_error
FROM tmdb.refresh_queue
GROUP BY media_type, priority, status, retry_count;
COMMENT ON VIEW tmdb.queue_backlog IS 'What is to be fetched, counted by priority, status and attempts';
COMMENT ON COLUMN tmdb.queue_backlog.oldest IS 'How long the oldest of them has been stale';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_tmdb') THEN
    GRANT USAGE ON SCHEMA tmdb TO catalog_tmdb;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA tmdb TO catalog_tmdb;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA tmdb TO catalog_tmdb;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_ops') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ops.attributions, ops.calls_by_endpoint TO catalog_ops;
  END IF;
END
$$;
