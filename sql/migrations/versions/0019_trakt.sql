-- Schema trakt: answers of Trakt, the sign-in of its user, and a way to remove all that came from it at once.

CREATE SCHEMA trakt;
COMMENT ON SCHEMA trakt IS 'What comes from Trakt and what was made with it, apart because its terms let it be used by consent only. Deletable as a whole.';

DO $$
BEGIN
  IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      CREATE ROLE catalog_trakt NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- roles belong to the server: another database on it made this one
    END;
  END IF;
END
$$;

CREATE TABLE trakt.pages (LIKE streaming.pages INCLUDING ALL, CONSTRAINT pages_are_of_trakt CHECK (service = 'trakt'));
COMMENT ON TABLE trakt.pages IS 'Every answer of Trakt as it came, the cache and the record in one. Append-only until Trakt is switched off.';

CREATE TABLE trakt.oauth_tokens (
  service text PRIMARY KEY CHECK (service = 'trakt'),
  access_token text NOT NULL,
  refresh_token text NOT NULL,
  token_type text NOT NULL DEFAULT 'Bearer',
  scope text,
  expires_in_s integer NOT NULL CHECK (expires_in_s > 0),
  expires_at timestamptz NOT NULL,
  ended_at timestamptz,
  ended_because text,
  created_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  CHECK ((ended_at IS NULL) = (ended_because IS NULL))
);
CREATE INDEX oauth_tokens_by_expiry ON trakt.oauth_tokens (expires_at);
COMMENT ON TABLE trakt.oauth_tokens IS 'The sign-in of a user, at most one. Written by `catalog trakt login` and kept alive by one process at a time; no row: nobody is signed in';
COMMENT ON COLUMN trakt.oauth_tokens.service IS 'Whose tokens these are';
COMMENT ON COLUMN trakt.oauth_tokens.access_token IS 'Encrypted (Fernet) with TRAKT_TOKEN_KEY, which stands in no database';
COMMENT ON COLUMN trakt.oauth_tokens.refresh_token IS 'Likewise. It works once: the next pair replaces both in the transaction that used it';
COMMENT ON COLUMN trakt.oauth_tokens.scope IS 'What the user allowed, as Trakt names it';
COMMENT ON COLUMN trakt.oauth_tokens.expires_in_s IS 'Seconds that this access token lives as a whole; refreshed when a tenth of it, and at least ten minutes, is left';
COMMENT ON COLUMN trakt.oauth_tokens.expires_at IS 'When the access token ends: Trakt''s created_at and expires_in';
COMMENT ON COLUMN trakt.oauth_tokens.ended_at IS 'Since when Trakt takes the refresh token no more: the user must sign in again. Null: signed in';
COMMENT ON COLUMN trakt.oauth_tokens.ended_because IS 'What Trakt said then: OAuth''s word, invalid_grant. Nothing else ends a sign-in';
COMMENT ON COLUMN trakt.oauth_tokens.created_at IS 'When the user signed in';
COMMENT ON COLUMN trakt.oauth_tokens.updated_at IS 'When the pair, or what is known of it, last changed';

CREATE FUNCTION trakt.remove_everything() RETURNS bigint
LANGUAGE plpgsql
AS $$
DECLARE
  tables text := (SELECT string_agg(format('%I.%I', schemaname, tablename), ', ' ORDER BY tablename) FROM pg_tables WHERE schemaname = 'trakt');
  pages bigint;
BEGIN
  -- As whoever changes the sign-in (sql/trakt/lock_sign_in.sql): two that remove would wait for each other's tables. Its callers hold
  -- sql/streaming/lock_trending.sql before it, as whoever else writes to more than one of the tables.
  PERFORM pg_advisory_xact_lock(hashtextextended('trakt.oauth_tokens', 0));
  -- Whoever writes ends first; then nothing of Trakt is left in between.
  EXECUTE 'LOCK TABLE ' || tables || ' IN ACCESS EXCLUSIVE MODE';
  SELECT count(*) INTO pages FROM trakt.pages;
  EXECUTE 'TRUNCATE ' || tables;
  DELETE FROM ops.origins WHERE service = 'trakt';
  RETURN pages;
END
$$;
COMMENT ON FUNCTION trakt.remove_everything IS 'Empties every table of schema trakt, those of later revisions included, in the caller''s transaction; returns how many answers it had';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_trakt') THEN
    GRANT USAGE ON SCHEMA trakt TO catalog_trakt;
    -- What later revisions make is granted as well.
    ALTER DEFAULT PRIVILEGES IN SCHEMA trakt GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO catalog_trakt;
    ALTER DEFAULT PRIVILEGES IN SCHEMA trakt GRANT USAGE ON SEQUENCES TO catalog_trakt;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA trakt TO catalog_trakt;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA trakt TO catalog_trakt;
  END IF;
END
$$;
