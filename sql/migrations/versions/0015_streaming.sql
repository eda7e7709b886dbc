-- Schema streaming: answers about what is trending, where it can be watched and what is coming, and how long they count as fresh.
-- The answers are the cache; what is made from them comes with the next revisions.

CREATE SCHEMA streaming;

DO $$
BEGIN
  IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      CREATE ROLE catalog_streaming NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- roles belong to the server: another database on it made this one
    END;
  END IF;
END
$$;

CREATE TABLE streaming.pages (
  page_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  service text NOT NULL CHECK (service IN ('tmdb', 'watchmode', 'trakt')),
  endpoint text NOT NULL,
  rule text NOT NULL,
  cache_key text NOT NULL,
  media_type text CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint,
  region text,
  time_window text CHECK (time_window IN ('day', 'week')),
  path text NOT NULL,
  params jsonb NOT NULL,
  status integer NOT NULL,
  etag text,
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  body bytea NOT NULL,
  body_bytes integer NOT NULL,
  body_sha256 bytea NOT NULL,
  problem text,
  run_id text NOT NULL
);
CREATE INDEX pages_of_key ON streaming.pages (cache_key, sent_at DESC) WHERE problem IS NULL;
CREATE INDEX pages_by_time ON streaming.pages (endpoint, sent_at);
CREATE INDEX pages_of_title ON streaming.pages (media_type, tmdb_id, sent_at) WHERE tmdb_id IS NOT NULL;
COMMENT ON TABLE streaming.pages IS 'Every answer as it came, the cache and the record in one. Append-only until retention.';
COMMENT ON COLUMN streaming.pages.service IS 'Who answered';
COMMENT ON COLUMN streaming.pages.endpoint IS 'What was asked for, in our words, such as trending or title_sources';
COMMENT ON COLUMN streaming.pages.rule IS 'How long it counts as fresh: see ttls';
COMMENT ON COLUMN streaming.pages.cache_key IS 'service:endpoint:hash of path and parameters';
COMMENT ON COLUMN streaming.pages.media_type IS 'Of what was asked for, where it is of one kind';
COMMENT ON COLUMN streaming.pages.tmdb_id IS 'The one title that was asked for';
COMMENT ON COLUMN streaming.pages.region IS 'The one country that was asked for, ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.pages.time_window IS 'day or week';
COMMENT ON COLUMN streaming.pages.params IS 'Query of the request, without the credential';
COMMENT ON COLUMN streaming.pages.status IS 'HTTP status: 200; 304: as the one before; 404: there is no such title';
COMMENT ON COLUMN streaming.pages.etag IS 'What the next request of the same may send as If-None-Match';
COMMENT ON COLUMN streaming.pages.sent_at IS 'When the request was sent, by the database''s clock: newer means sent later';
COMMENT ON COLUMN streaming.pages.received_at IS 'When the last byte was here';
COMMENT ON COLUMN streaming.pages.body IS 'The answer''s body, byte for byte; the database compresses it. Empty with 304 and 404';
COMMENT ON COLUMN streaming.pages.problem IS 'Why it cannot be used as what was asked for; null: it can';
COMMENT ON COLUMN streaming.pages.run_id IS 'The Dagster run that asked';

CREATE TABLE streaming.ttls (
  rule text PRIMARY KEY,
  ttl interval NOT NULL
);
COMMENT ON TABLE streaming.ttls IS 'How long answers, and what is made from them, count as fresh. Written from the settings.';
COMMENT ON COLUMN streaming.ttls.rule IS 'Such as tmdb_trending; docs/operations.md lists them with their variables';

CREATE TABLE streaming.cache_uses (
  day date NOT NULL,
  rule text NOT NULL,
  hits integer NOT NULL DEFAULT 0,
  misses integer NOT NULL DEFAULT 0,
  stale integer NOT NULL DEFAULT 0,
  PRIMARY KEY (day, rule)
);
COMMENT ON TABLE streaming.cache_uses IS 'How answers were come by, by day (UTC) and rule';
COMMENT ON COLUMN streaming.cache_uses.hits IS 'Fresh enough: nothing was asked';
COMMENT ON COLUMN streaming.cache_uses.misses IS 'Asked for and had';
COMMENT ON COLUMN streaming.cache_uses.stale IS 'Asked for in vain: an older answer served';

CREATE FUNCTION streaming.as_json(body bytea) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
-- A text of jsonb holds no NUL: the escape goes, unless its backslash is itself escaped.
AS $$ SELECT regexp_replace(convert_from(body, 'UTF8'), '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::jsonb $$;
COMMENT ON FUNCTION streaming.as_json IS 'The JSON of a usable answer, without NULs';

CREATE VIEW streaming.newest_answers AS
SELECT DISTINCT ON (p.cache_key)
  p.cache_key, p.page_id, p.service, p.endpoint, p.rule, p.sent_at, p.etag, confirmed.at AS confirmed_at,
  confirmed.at + t.ttl AS expires_at, p.body
FROM streaming.pages AS p
JOIN streaming.ttls AS t USING (rule)
CROSS JOIN LATERAL (
  SELECT max(n.sent_at) AS at FROM streaming.pages AS n WHERE n.cache_key = p.cache_key AND n.problem IS NULL AND n.status IN (200, 304)
) AS confirmed
WHERE p.problem IS NULL AND p.status = 200
ORDER BY p.cache_key ASC, p.sent_at DESC, p.page_id DESC;
COMMENT ON VIEW streaming.newest_answers IS 'The newest usable answer of each key; where there is none, nobody ever got one';
COMMENT ON COLUMN streaming.newest_answers.confirmed_at IS 'When it was last asked for with success, also if the answer was that nothing changed';
COMMENT ON COLUMN streaming.newest_answers.expires_at IS 'Until when it is served without asking again';

CREATE VIEW streaming.streaming_cache AS
SELECT
  a.cache_key, streaming.as_json(a.body) AS data, a.expires_at, a.sent_at AS created_at, a.confirmed_at AS updated_at,
  a.expires_at <= ops.now() AS is_expired
FROM streaming.newest_answers AS a
WHERE a.endpoint <> 'id_map';
COMMENT ON VIEW streaming.streaming_cache IS 'The stored answers as a cache: the newest of each key. Watchmode''s CSV of ids is left out, being no JSON';
COMMENT ON COLUMN streaming.streaming_cache.cache_key IS 'service:endpoint:hash of path and parameters';
COMMENT ON COLUMN streaming.streaming_cache.data IS 'The answer';
COMMENT ON COLUMN streaming.streaming_cache.is_expired IS 'It is served only where asking again fails, and then marked as stale';

CREATE VIEW streaming.cache_hit_rates AS
SELECT day, rule, hits, misses, stale, round(hits::numeric / nullif(hits + misses + stale, 0), 3) AS hit_rate
FROM streaming.cache_uses;
COMMENT ON VIEW streaming.cache_hit_rates IS 'How many answers needed no request, by day (UTC) and rule';
COMMENT ON COLUMN streaming.cache_hit_rates.hit_rate IS 'Share of answers that needed no request';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_streaming') THEN
    GRANT USAGE ON SCHEMA streaming TO catalog_streaming;
    -- What later revisions make is granted as well.
    ALTER DEFAULT PRIVILEGES IN SCHEMA streaming GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO catalog_streaming;
    ALTER DEFAULT PRIVILEGES IN SCHEMA streaming GRANT USAGE ON SEQUENCES TO catalog_streaming;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA streaming TO catalog_streaming;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA streaming TO catalog_streaming;
  END IF;
END
$$;
