-- What is about to come, made from TMDB's lists and series and from Watchmode's releases; how long each table may keep what it has of a
-- source; and the notices that Watchmode and Trakt ask for.

-- Coming soon --------------------------------------------------------------------------------------------------------

CREATE TABLE streaming.coming_soon_merges (
  merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_id text NOT NULL,
  made_at timestamptz NOT NULL,
  regions text[] NOT NULL,
  page_ids bigint[] NOT NULL,
  details_page_ids bigint[] NOT NULL,
  releases integer NOT NULL,
  unmapped integer NOT NULL,
  rejected integer NOT NULL,
  rows integer NOT NULL
);
COMMENT ON TABLE streaming.coming_soon_merges IS 'Every making of coming_soon; the newest says what the present rows are made from';
COMMENT ON COLUMN streaming.coming_soon_merges.made_at IS 'Its instant: what is dated after its day (UTC) is coming';
COMMENT ON COLUMN streaming.coming_soon_merges.regions IS 'Countries that it was made for, ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.coming_soon_merges.page_ids IS 'The pages of streaming.pages that it read';
COMMENT ON COLUMN streaming.coming_soon_merges.details_page_ids IS 'The pages of tmdb.pages whose dates by country it read';
COMMENT ON COLUMN streaming.coming_soon_merges.releases IS 'Releases that Watchmode announces now, of any date';
COMMENT ON COLUMN streaming.coming_soon_merges.unmapped IS 'Of these, those whose title has no number of TMDB''s: left out';
COMMENT ON COLUMN streaming.coming_soon_merges.rejected IS 'Rows of these pages that cannot be used';
COMMENT ON COLUMN streaming.coming_soon_merges.rows IS 'Rows of coming_soon that it made';

CREATE TABLE streaming.release_dates (
  watchmode_id bigint NOT NULL,
  source_id bigint NOT NULL,
  season_number integer,
  announced_at timestamptz NOT NULL,
  last_said_at timestamptz NOT NULL,
  release_date date NOT NULL,
  is_present boolean NOT NULL,
  title text,
  source_name text,
  is_original boolean,
  media_type text CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint,
  UNIQUE NULLS NOT DISTINCT (watchmode_id, source_id, season_number, announced_at),
  CHECK ((media_type IS NULL) = (tmdb_id IS NULL))
);
CREATE INDEX release_dates_of_title ON streaming.release_dates (media_type, tmdb_id);
COMMENT ON TABLE streaming.release_dates IS 'The days that Watchmode announced for a title, or a season, on a service: one row for each word it gave until it gave another';
COMMENT ON COLUMN streaming.release_dates.watchmode_id IS 'Watchmode''s number of the title';
COMMENT ON COLUMN streaming.release_dates.source_id IS 'Watchmode''s number of the service';
COMMENT ON COLUMN streaming.release_dates.season_number IS 'Null for films';
COMMENT ON COLUMN streaming.release_dates.announced_at IS 'When the first answer was asked for that gave this day, after another one or none';
COMMENT ON COLUMN streaming.release_dates.last_said_at IS 'When the last answer in a row was asked for that gave it';
COMMENT ON COLUMN streaming.release_dates.release_date IS 'The day, in the USA';
COMMENT ON COLUMN streaming.release_dates.is_present IS 'It is the newest word, and no later whole answer about that day leaves it out';
COMMENT ON COLUMN streaming.release_dates.is_original IS 'Made for the service';
COMMENT ON COLUMN streaming.release_dates.tmdb_id IS 'By the answer itself, else by id_mappings; null: unknown';

CREATE TABLE streaming.coming_soon (
  media_type text NOT NULL CHECK (media_type IN ('movie', 'tv')),
  tmdb_id bigint NOT NULL CHECK (tmdb_id > 0),
  region text NOT NULL,
  release_date date NOT NULL,
  season_number integer,
  episode_number integer,
  title text,
  poster_path text,
  backdrop_path text,
  overview text,
  services jsonb NOT NULL,
  sources text[] NOT NULL,
  tmdb_fetched_at timestamptz,
  watchmode_fetched_at timestamptz,
  PRIMARY KEY (media_type, tmdb_id, region)
);
CREATE INDEX coming_soon_by_date ON streaming.coming_soon (region, media_type, release_date);
CREATE INDEX coming_soon_services ON streaming.coming_soon USING gin (services jsonb_path_ops);
COMMENT ON TABLE streaming.coming_soon IS 'What was coming at the newest merge, one row a title and region: replaced as a whole';
COMMENT ON COLUMN streaming.coming_soon.region IS 'ISO 3166-1 alpha-2';
COMMENT ON COLUMN streaming.coming_soon.release_date IS 'The earliest day after the merge''s that a source names; of a film TMDB''s first date in the region where it is known';
COMMENT ON COLUMN streaming.coming_soon.season_number IS 'What comes on that day of a series; null for films and where nobody says';
COMMENT ON COLUMN streaming.coming_soon.episode_number IS 'The next episode; null where a whole season is announced';
COMMENT ON COLUMN streaming.coming_soon.title IS 'As TMDB has it, else Watchmode';
COMMENT ON COLUMN streaming.coming_soon.poster_path IS 'As TMDB names it; its address is made of a size and this';
COMMENT ON COLUMN streaming.coming_soon.backdrop_path IS 'Likewise';
COMMENT ON COLUMN streaming.coming_soon.services IS 'What Watchmode announces: source_id, name, release_date, season_number, is_original of each service';
COMMENT ON COLUMN streaming.coming_soon.sources IS 'Who says that it is coming: tmdb, watchmode';
COMMENT ON COLUMN streaming.coming_soon.tmdb_fetched_at IS 'When TMDB was last asked for what the row rests on; null: it rests on none of it';
COMMENT ON COLUMN streaming.coming_soon.watchmode_fetched_at IS 'Likewise';

CREATE INDEX listings_by_region ON streaming.listings (region, offer_type);  -- the next view asks for a title's in one region

CREATE VIEW streaming.coming_soon_releases AS
SELECT
  md5(concat_ws(':', c.media_type, c.tmdb_id, c.source, c.region))::uuid AS id,
  c.tmdb_id, c.media_type, c.title::varchar(500) AS title, c.release_date, c.poster_path, c.backdrop_path, c.overview, c.source, c.region,
  (
    SELECT coalesce(jsonb_agg(DISTINCT named.name ORDER BY named.name), '[]')
    FROM (
      SELECT coalesce(p.name, s.value ->> 'name') AS name
      FROM jsonb_array_elements(c.services) AS s
      LEFT JOIN streaming.provider_ids AS i ON i.source = 'watchmode' AND i.source_id = (s.value ->> 'source_id')::bigint
      LEFT JOIN streaming.providers AS p ON i.provider_id = p.provider_id
      UNION ALL
      SELECT p.name
      FROM streaming.listed_offers AS o
      JOIN streaming.providers AS p USING (provider_id)
      WHERE
        c.media_type = 'tv' AND o.media_type = 'tv' AND o.tmdb_id = c.tmdb_id AND o.region = c.region
        AND o.offer_type IN ('subscription', 'free', 'ads')
      UNION ALL
      SELECT p.name
      FROM streaming.priced_offers AS o
      JOIN streaming.providers AS p USING (provider_id)
      WHERE
        c.media_type = 'tv' AND o.media_type = 'tv' AND o.tmdb_id = c.tmdb_id AND o.region = c.region
        AND o.offer_type IN ('subscription', 'free', 'ads')
    ) AS named
    WHERE named.name IS NOT NULL
  ) AS streaming_services,
  least(c.tmdb_fetched_at, c.watchmode_fetched_at) AS fetched_at, c.expires_at, c.expires_at <= c.now AS is_stale,
  c.season_number, c.episode_number, c.services, c.sources
FROM (
  SELECT
    t.*, clock.now,
    CASE WHEN cardinality(t.sources) > 1 THEN 'aggregated' ELSE t.sources[1] END AS source,
    least(
      t.tmdb_fetched_at + CASE WHEN t.media_type = 'tv' THEN make_interval(days => tmdb.tier_days(t.release_date, clock.today)) ELSE clock.ttl END,
      t.watchmode_fetched_at + clock.ttl
    ) AS expires_at
  FROM streaming.coming_soon AS t
  CROSS JOIN (
    SELECT
      (SELECT tmdb.now()) AS now, (SELECT (tmdb.now() AT TIME ZONE 'UTC')::date) AS today,
      coalesce((SELECT l.ttl FROM streaming.ttls AS l WHERE l.rule = 'coming_soon'), interval '24 hours') AS ttl
  ) AS clock
  WHERE t.release_date > clock.today
) AS c;
COMMENT ON VIEW streaming.coming_soon_releases IS 'What is coming after today (UTC), one row a title and region';
COMMENT ON COLUMN streaming.coming_soon_releases.id IS 'Made of media_type, tmdb_id, source and region';
COMMENT ON COLUMN streaming.coming_soon_releases.release_date IS 'The earliest day ahead that a source names; of a film TMDB''s first date in the region where it is known';
COMMENT ON COLUMN streaming.coming_soon_releases.source IS 'tmdb, watchmode, or aggregated: both say so';
COMMENT ON COLUMN streaming.coming_soon_releases.region IS 'ISO 3166-1 alpha-2. Watchmode announces for the USA alone';
COMMENT ON COLUMN streaming.coming_soon_releases.streaming_services IS 'Names of the services that it is announced for, and of a series of those that have it now without a price';
COMMENT ON COLUMN streaming.coming_soon_releases.fetched_at IS 'When the sources were asked; of both the older answer';
COMMENT ON COLUMN streaming.coming_soon_releases.expires_at IS 'When they should have been asked again; details of a series, by its tier (see tmdb.staleness)';
COMMENT ON COLUMN streaming.coming_soon_releases.is_stale IS 'That moment has passed';
COMMENT ON COLUMN streaming.coming_soon_releases.season_number IS 'What comes on that day of a series; null for films and where nobody says';
COMMENT ON COLUMN streaming.coming_soon_releases.episode_number IS 'The next episode; null where a whole season is announced';
COMMENT ON COLUMN streaming.coming_soon_releases.services IS 'What Watchmode announces: source_id, name, release_date, season_number, is_original of each service';
COMMENT ON COLUMN streaming.coming_soon_releases.sources IS 'Who says that it is coming';

-- Notices ------------------------------------------------------------------------------------------------------------

INSERT INTO ops.attributions VALUES
  (
    'watchmode',
    'Streaming data by Watchmode.',
    NULL,
    'https://www.watchmode.com/',
    'streaming_id_mappings, and what names watchmode among its sources: streaming_availability, its changes and providers, coming_soon_releases, release_dates',
    '2026-11-22'
  ),
  (
    'trakt',
    'Trending data by Trakt, which neither endorses nor approves this product.',
    'Trakt''s own marks from https://app.trakt.tv/branding, unmodified, without implied endorsement',
    'https://trakt.tv',
    'everything of schema trakt, which may be shown only with Trakt''s consent',
    '2026-11-22'
  );

-- What sources' terms let us keep ------------------------------------------------------------------------------------

CREATE TABLE streaming.retention_rules (
  table_name text NOT NULL,
  source text NOT NULL,
  kept_for interval,
  fetched_at text,
  applies_to text,
  reason text NOT NULL,
  PRIMARY KEY (table_name, source),
  CHECK ((kept_for IS NULL) = (fetched_at IS NULL))
);
COMMENT ON TABLE streaming.retention_rules IS 'How long each table of schemas streaming and trakt may keep what it has of a source. Written by migrations: a new table needs its rule';
COMMENT ON COLUMN streaming.retention_rules.table_name IS 'With its schema';
COMMENT ON COLUMN streaming.retention_rules.source IS 'Whose data: tmdb, watchmode, trakt; ours: nobody''s';
COMMENT ON COLUMN streaming.retention_rules.kept_for IS 'Since it was fetched, at most; null: nothing binds it';
COMMENT ON COLUMN streaming.retention_rules.fetched_at IS 'SQL that says of a row t when it was fetched';
COMMENT ON COLUMN streaming.retention_rules.applies_to IS 'SQL that says which rows t are of the source; null: all';
COMMENT ON COLUMN streaming.retention_rules.reason IS 'Why so';

INSERT INTO streaming.retention_rules (table_name, source, kept_for, fetched_at, applies_to, reason) VALUES
  ('streaming.pages', 'tmdb', '180 days', 't.sent_at', 't.service = ''tmdb''', 'TMDB''s terms: six months'),
  ('streaming.pages', 'watchmode', '30 days', 't.sent_at', 't.service = ''watchmode''', 'Watchmode''s terms for the free plan: 30 days'),
  ('streaming.pages', 'trakt', '0 days', 't.sent_at', 't.service = ''trakt''', 'What comes from Trakt stands in its own schema'),
  ('streaming.ttls', 'ours', NULL, NULL, NULL, 'Settings'),
  ('streaming.cache_uses', 'ours', NULL, NULL, NULL, 'Counts of requests'),
  ('streaming.retention_rules', 'ours', NULL, NULL, NULL, 'These rules'),

  (
    'streaming.trending_items', 'tmdb', '180 days', '(SELECT p.sent_at FROM streaming.pages AS p WHERE p.page_id = t.page_id)', NULL,
    'TMDB''s terms; goes with its page'
  ),
  ('streaming.trending_snapshots', 'tmdb', '180 days', 't.fetched_at', NULL, 'TMDB''s terms'),
  (
    'streaming.trending_ranks', 'tmdb', '180 days',
    '(SELECT s.fetched_at FROM streaming.trending_snapshots AS s WHERE s.snapshot_id = t.snapshot_id)', NULL,
    'TMDB''s terms; goes with its snapshot'
  ),

  (
    'streaming.id_mappings', 'watchmode', '30 days',
    'coalesce((SELECT max(l.verified_at) FROM streaming.id_map_loads AS l), ''-infinity'')', NULL,
    'Watchmode''s terms; it says all of them anew each day'
  ),
  (
    'streaming.id_mapping_conflicts', 'watchmode', '30 days',
    'coalesce((SELECT max(l.verified_at) FROM streaming.id_map_loads AS l), ''-infinity'')', NULL,
    'Watchmode''s terms; as id_mappings'
  ),
  ('streaming.id_map_loads', 'ours', NULL, NULL, NULL, 'Counts of loads'),
  ('streaming.watchmode_credits', 'watchmode', '30 days', 't.read_at', NULL, 'Watchmode''s terms'),
  ('streaming.watchmode_titles', 'watchmode', '30 days', 't.asked_at', NULL, 'Watchmode''s terms'),
  ('streaming.watchmode_answers', 'watchmode', '30 days', 't.fetched_at', NULL, 'Watchmode''s terms; goes with its page'),
  (
    'streaming.watchmode_offers', 'watchmode', '30 days',
    '(SELECT a.fetched_at FROM streaming.watchmode_answers AS a WHERE (a.media_type, a.tmdb_id, a.region) = (t.media_type, t.tmdb_id, t.region))',
    NULL, 'Watchmode''s terms; goes with its page'
  ),

  (
    'streaming.tmdb_offers', 'tmdb', '180 days',
    'coalesce((SELECT c.fetched_at FROM tmdb.contents AS c WHERE c.work_id = t.work_id), '
    || '(SELECT f.dropped_at FROM tmdb.refreshes AS f WHERE f.work_id = t.work_id) - interval ''175 days'')',
    NULL, 'TMDB''s terms; goes with its work, whose content is dropped after 175 days'
  ),
  ('streaming.listings', 'ours', NULL, NULL, NULL, 'What tmdb_offers is made of: one without titles is removed'),
  (
    'streaming.regions', 'tmdb', '180 days', '(SELECT p.sent_at FROM streaming.pages AS p WHERE p.page_id = t.page_id)', NULL,
    'TMDB''s terms; goes with its page'
  ),
  (
    'streaming.provider_ids', 'tmdb', '180 days', '(SELECT p.sent_at FROM streaming.pages AS p WHERE p.page_id = t.page_id)',
    't.source = ''tmdb''', 'TMDB''s terms; goes with its page, or with the last offer that names it'
  ),
  (
    'streaming.provider_ids', 'watchmode', '30 days',
    'coalesce((SELECT p.sent_at FROM streaming.pages AS p WHERE p.page_id = t.page_id), ''-infinity'')', 't.source = ''watchmode''',
    'Watchmode''s terms; goes with its page'
  ),
  (
    'streaming.provider_regions', 'tmdb', '180 days',
    '(SELECT p.sent_at FROM streaming.provider_ids AS i JOIN streaming.pages AS p USING (page_id) '
    || 'WHERE (i.source, i.source_id) = (t.source, t.source_id))',
    't.source = ''tmdb''', 'TMDB''s terms; goes with its provider''s number'
  ),
  (
    'streaming.provider_regions', 'watchmode', '30 days',
    '(SELECT p.sent_at FROM streaming.provider_ids AS i JOIN streaming.pages AS p USING (page_id) '
    || 'WHERE (i.source, i.source_id) = (t.source, t.source_id))',
    't.source = ''watchmode''', 'Watchmode''s terms; goes with its provider''s number'
  ),
  (
    'streaming.providers', 'tmdb', '180 days',
    'CASE WHEN NOT EXISTS (SELECT FROM streaming.provider_ids AS i WHERE i.provider_id = t.provider_id) '
    || 'THEN coalesce((SELECT max(c.seen_at) FROM streaming.availability_changes AS c WHERE c.provider_id = t.provider_id), ''-infinity'') END',
    NULL, 'Stands as long as a source''s number or a change names it'
  ),
  ('streaming.provider_aliases', 'ours', NULL, NULL, NULL, 'Written by hand'),
  ('streaming.currencies', 'ours', NULL, NULL, NULL, 'ISO 4217'),
  ('streaming.availability_changes', 'tmdb', '180 days', 't.seen_at', 't.source = ''tmdb''', 'TMDB''s terms'),
  ('streaming.availability_changes', 'watchmode', '30 days', 't.seen_at', 't.source = ''watchmode''', 'Watchmode''s terms'),

  ('streaming.coming_soon_merges', 'ours', NULL, NULL, NULL, 'Counts, and numbers of pages'),
  ('streaming.release_dates', 'watchmode', '30 days', 't.announced_at', NULL, 'Watchmode''s terms; made from its pages'),
  ('streaming.coming_soon', 'tmdb', '180 days', 't.tmdb_fetched_at', 't.tmdb_fetched_at IS NOT NULL', 'TMDB''s terms'),
  ('streaming.coming_soon', 'watchmode', '30 days', 't.watchmode_fetched_at', 't.watchmode_fetched_at IS NOT NULL', 'Watchmode''s terms'),

  ('trakt.pages', 'trakt', '180 days', 't.sent_at', NULL, 'As long as what TMDB adds to it; all of it goes where Trakt is off'),
  (
    'trakt.trending_items', 'trakt', '180 days', '(SELECT p.sent_at FROM trakt.pages AS p WHERE p.page_id = t.page_id)', NULL,
    'As its page'
  ),
  ('trakt.trending_snapshots', 'trakt', '180 days', 't.fetched_at', NULL, 'TMDB''s terms, for what it adds to it'),
  (
    'trakt.trending_ranks', 'trakt', '180 days',
    '(SELECT s.fetched_at FROM trakt.trending_snapshots AS s WHERE s.snapshot_id = t.snapshot_id)', NULL, 'As its snapshot'
  ),
  ('trakt.oauth_tokens', 'ours', NULL, NULL, NULL, 'The sign-in of our user: ends with `catalog trakt logout`, or where Trakt is off');

CREATE FUNCTION streaming.kept() RETURNS TABLE (table_name text, source text, kept_for interval, rows bigint, oldest timestamptz, overdue bigint)
LANGUAGE plpgsql
AS $body$
DECLARE
  rule streaming.retention_rules;
BEGIN
  FOR rule IN SELECT r.* FROM streaming.retention_rules AS r WHERE r.kept_for IS NOT NULL ORDER BY r.table_name, r.source LOOP
    table_name := rule.table_name;
    source := rule.source;
    kept_for := rule.kept_for;
    -- The texts are those of migrations.
    EXECUTE format(
      'SELECT count(*), min(aged.at) FILTER (WHERE isfinite(aged.at)), count(*) FILTER (WHERE aged.at < ops.now() - $1)'
      || ' FROM (SELECT (%s) AS at FROM %s AS t WHERE %s) AS aged',
      rule.fetched_at, rule.table_name::regclass, coalesce(rule.applies_to, 'true')
    ) INTO rows, oldest, overdue USING rule.kept_for;
    RETURN NEXT;
  END LOOP;
END
$body$;
COMMENT ON FUNCTION streaming.kept IS 'What each table keeps of a source that its terms bind: rows, when the oldest was fetched, and how many are older than allowed, those included of which nobody knows';
