-- Hotstar: stored answers, listings with their proof, and the tables made from them.
-- Every table is generic over the kind but the wide one of each kind.

CREATE SCHEMA hotstar;

DO $$
BEGIN
  IF (SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user) THEN
    BEGIN
      CREATE ROLE catalog_hotstar NOLOGIN;
    EXCEPTION WHEN duplicate_object OR unique_violation THEN
      NULL;  -- roles belong to the server: another database on it made this one
    END;
  END IF;
END
$$;

-- Listings and their parts ---------------------------------------------------------------------------------------

CREATE TABLE hotstar.listings (
  listing_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  purpose text NOT NULL CHECK (purpose IN ('census', 'update')),
  run_id text NOT NULL,
  update_from_s bigint,
  update_to_s bigint,
  approved_deletions integer CHECK (approved_deletions >= 0),
  started_at timestamptz NOT NULL,
  completed_at timestamptz,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'complete', 'incomplete')),
  problem text,
  total bigint,
  distinct_ids bigint,
  duplicates bigint,
  found_apart bigint,
  moved bigint,
  requests integer NOT NULL DEFAULT 0,
  requests_apart integer NOT NULL DEFAULT 0,
  CHECK ((status = 'running') = (completed_at IS NULL))
);
CREATE INDEX listings_newest ON hotstar.listings (kind, purpose, started_at DESC);
COMMENT ON TABLE hotstar.listings IS 'One attempt to list everything that one filter matches: a census (no filter) or a window of update time. Taken up by a later run if it was cut off.';
COMMENT ON COLUMN hotstar.listings.kind IS 'What is listed: movie, later show, season, episode, match, channel';
COMMENT ON COLUMN hotstar.listings.purpose IS 'census: a complete listing of the kind; update: a window of update time';
COMMENT ON COLUMN hotstar.listings.run_id IS 'The Dagster run that began it';
COMMENT ON COLUMN hotstar.listings.update_from_s IS 'First second of the window of update time, epoch seconds, inclusive; null for a census';
COMMENT ON COLUMN hotstar.listings.update_to_s IS 'Last second of the window of update time, epoch seconds, inclusive; null for a census';
COMMENT ON COLUMN hotstar.listings.approved_deletions IS 'How many deletions a person approved for what this census finds; null: none beyond the guard';
COMMENT ON COLUMN hotstar.listings.started_at IS 'When it began, by the database''s clock; items last seen at least 1 h before can be found missing by it';
COMMENT ON COLUMN hotstar.listings.completed_at IS 'When it ended; null while it runs or waits to be taken up';
COMMENT ON COLUMN hotstar.listings.status IS 'complete: proven; incomplete: read to its end without proof, see problem; running: under way or cut off';
COMMENT ON COLUMN hotstar.listings.problem IS 'Why it is not proven, in words';
COMMENT ON COLUMN hotstar.listings.total IS 'What the service says the filter matches';
COMMENT ON COLUMN hotstar.listings.distinct_ids IS 'Distinct ids read in its parts and apart; those of the closing window are not counted again';
COMMENT ON COLUMN hotstar.listings.duplicates IS 'Items the service lists twice, found again on a second reading';
COMMENT ON COLUMN hotstar.listings.found_apart IS 'Items found apart that no part holds. Sum of the parts'' totals + found_apart - moved = total';
COMMENT ON COLUMN hotstar.listings.moved IS 'Items that left their part after it was read (updated into a newer one, or removed) less those that joined, shown by asking every part''s total again';
COMMENT ON COLUMN hotstar.listings.requests IS 'Answers stored for it, those sought apart left out';
COMMENT ON COLUMN hotstar.listings.requests_apart IS 'Answers stored for items that the first time field does not reach';

CREATE VIEW hotstar.newest_censuses AS
SELECT DISTINCT ON (kind) *
FROM hotstar.listings
WHERE purpose = 'census' AND status = 'complete'
ORDER BY kind ASC, started_at DESC;
COMMENT ON VIEW hotstar.newest_censuses IS 'Of each kind the newest complete census';

CREATE TABLE hotstar.parts (
  part_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  listing_id bigint NOT NULL REFERENCES hotstar.listings,
  role text NOT NULL CHECK (role IN ('root', 'part', 'apart', 'window')),
  filters jsonb NOT NULL,
  reading integer NOT NULL DEFAULT 1,
  total bigint,
  distinct_ids bigint,
  duplicates bigint,
  started_at timestamptz NOT NULL,
  proven_at timestamptz,
  dropped boolean NOT NULL DEFAULT false
);
CREATE INDEX parts_of_listing ON hotstar.parts (listing_id);
COMMENT ON TABLE hotstar.parts IS 'What one filter matches and paging can reach, with the proof that it was read to its end';
COMMENT ON COLUMN hotstar.parts.role IS 'root: the whole, asked for its total; part: read completely; apart: sought by start time because no update filter reaches it; window: what changed while the census ran';
COMMENT ON COLUMN hotstar.parts.filters IS 'The request''s filters as sent';
COMMENT ON COLUMN hotstar.parts.reading IS 'Which reading counts: a new reading replaces the one before';
COMMENT ON COLUMN hotstar.parts.total IS 'totalResults of every page of that reading';
COMMENT ON COLUMN hotstar.parts.distinct_ids IS 'Distinct ids of that reading';
COMMENT ON COLUMN hotstar.parts.duplicates IS 'Items listed twice in that reading and in the one before';
COMMENT ON COLUMN hotstar.parts.proven_at IS 'When the proof held; null: not yet';
COMMENT ON COLUMN hotstar.parts.dropped IS 'Replaced by a split: its pages stay, its total does not count';

CREATE TABLE hotstar.pages (
  page_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  listing_id bigint NOT NULL REFERENCES hotstar.listings,
  part_id bigint NOT NULL REFERENCES hotstar.parts,
  reading integer NOT NULL,
  descending boolean NOT NULL,
  page_offset integer NOT NULL,
  path text NOT NULL,
  params jsonb NOT NULL,
  status integer NOT NULL,
  sent_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  body bytea NOT NULL,
  body_bytes integer NOT NULL,
  body_sha256 bytea NOT NULL,
  readable boolean NOT NULL,
  run_id text NOT NULL
);
ALTER TABLE hotstar.pages ALTER COLUMN body SET STORAGE EXTERNAL;  -- it is compressed already
CREATE INDEX pages_of_part ON hotstar.pages (part_id, reading);
CREATE INDEX pages_of_listing ON hotstar.pages (listing_id);
CREATE INDEX pages_by_time ON hotstar.pages (kind, sent_at);
COMMENT ON TABLE hotstar.pages IS 'Every answer as it came: the record from which all other tables of this schema are made. Append-only.';
COMMENT ON COLUMN hotstar.pages.reading IS 'Which reading of its part it belongs to';
COMMENT ON COLUMN hotstar.pages.descending IS 'Read from the far end of contentId';
COMMENT ON COLUMN hotstar.pages.page_offset IS 'offset of the request';
COMMENT ON COLUMN hotstar.pages.path IS 'Path of the request';
COMMENT ON COLUMN hotstar.pages.params IS 'Query of the request, without partner and credentials';
COMMENT ON COLUMN hotstar.pages.sent_at IS 'When the request was sent, by the database''s clock: newer means sent later';
COMMENT ON COLUMN hotstar.pages.received_at IS 'When the last byte had arrived';
COMMENT ON COLUMN hotstar.pages.body IS 'The answer''s body, byte for byte, zstd-compressed';
COMMENT ON COLUMN hotstar.pages.body_bytes IS 'Bytes of the body before compression';
COMMENT ON COLUMN hotstar.pages.body_sha256 IS 'SHA-256 of the body before compression';
COMMENT ON COLUMN hotstar.pages.readable IS 'Whether it could be read as a page of a listing; what can be saved from the others is merged all the same';
COMMENT ON COLUMN hotstar.pages.run_id IS 'The Dagster run that asked';

CREATE TABLE hotstar.coverage (
  coverage_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  covered tstzrange NOT NULL,
  listing_id bigint NOT NULL REFERENCES hotstar.listings
);
CREATE INDEX coverage_by_kind ON hotstar.coverage (kind);
COMMENT ON TABLE hotstar.coverage IS 'Ranges of update time that were listed to their end. range_agg(covered) shows the holes.';

CREATE TABLE hotstar.start_date_uses (
  origin text NOT NULL,
  kind text NOT NULL,
  listing_id bigint NOT NULL REFERENCES hotstar.listings,
  used_at timestamptz NOT NULL,
  exempt text,
  PRIMARY KEY (origin, kind, listing_id)
);
COMMENT ON TABLE hotstar.start_date_uses IS 'Ledger of listings that filtered by start date, which the provider allows twice in 7 days';
COMMENT ON COLUMN hotstar.start_date_uses.exempt IS 'Why it does not count: first load, taken up, approved census; null: it counts';

-- Merges ---------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.merges (
  merge_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  run_id text NOT NULL,
  merged_at timestamptz NOT NULL,
  approved_deletions integer,
  census_id bigint REFERENCES hotstar.listings,
  pages integer NOT NULL DEFAULT 0,
  seen bigint NOT NULL DEFAULT 0,
  inserted bigint NOT NULL DEFAULT 0,
  updated bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  deleted bigint NOT NULL DEFAULT 0,
  restored bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  withheld bigint NOT NULL DEFAULT 0,
  went_back bigint NOT NULL DEFAULT 0,
  reissued bigint NOT NULL DEFAULT 0
);
CREATE INDEX merges_by_kind ON hotstar.merges (kind, merge_id DESC);
COMMENT ON TABLE hotstar.merges IS 'Every merge with its instant and its approval: what a replay repeats';
COMMENT ON COLUMN hotstar.merges.merged_at IS 'The instant the merge decided by (what has expired, which censuses are complete)';
COMMENT ON COLUMN hotstar.merges.approved_deletions IS 'Deletions approved for the census that this merge was the first to rely on; null: none beyond the guard';
COMMENT ON COLUMN hotstar.merges.census_id IS 'The newest usable census it relied on, complete and merged: a replay relies on the same';
COMMENT ON COLUMN hotstar.merges.seen IS 'Distinct items on the merged pages';
COMMENT ON COLUMN hotstar.merges.deleted IS 'Items that went from active to deleted';
COMMENT ON COLUMN hotstar.merges.withheld IS 'Deletions above the guard that wait for an approval';
COMMENT ON COLUMN hotstar.merges.went_back IS 'Items whose own update time went back';
COMMENT ON COLUMN hotstar.merges.reissued IS 'Internal ids that more than one item carries, in the table after the merge';

CREATE TABLE hotstar.page_merges (
  page_id bigint PRIMARY KEY REFERENCES hotstar.pages,
  merge_id bigint NOT NULL REFERENCES hotstar.merges
);
CREATE INDEX page_merges_of_merge ON hotstar.page_merges (merge_id);
COMMENT ON TABLE hotstar.page_merges IS 'Which merge took which page';

CREATE VIEW hotstar.newest_merged_censuses AS
SELECT DISTINCT ON (l.kind) l.*
FROM hotstar.listings AS l
WHERE
  l.purpose = 'census' AND l.status = 'complete'
  AND NOT EXISTS (
    SELECT
    FROM hotstar.pages AS p
    WHERE p.listing_id = l.listing_id AND NOT EXISTS (SELECT FROM hotstar.page_merges AS m WHERE m.page_id = p.page_id)
  )
ORDER BY l.kind ASC, l.started_at DESC;
COMMENT ON VIEW hotstar.newest_merged_censuses IS 'Of each kind the newest complete census whose every page is merged: what a table can be compared with';

CREATE TABLE hotstar.sightings (
  page_id bigint NOT NULL,
  position integer NOT NULL,
  kind text NOT NULL,
  content_id text NOT NULL,
  sent_at timestamptz NOT NULL,
  item_hash uuid,
  PRIMARY KEY (page_id, position)
);
CREATE INDEX sightings_of_item ON hotstar.sightings (kind, content_id, sent_at);
COMMENT ON TABLE hotstar.sightings IS 'Every time an item was on a page, and with which content: versions are computed from it, so that any order of arrival gives the same ones';
COMMENT ON COLUMN hotstar.sightings.item_hash IS 'Hash of the item''s content, keys sorted; null: the item was rejected, but it was there';

CREATE TABLE hotstar.items (
  kind text NOT NULL,
  content_id text NOT NULL,
  hotstar_id bigint,
  title text,
  asset_status text,
  end_date_s bigint,
  update_s bigint,
  item_hash uuid NOT NULL,
  page_id bigint NOT NULL,
  position integer NOT NULL,
  version_from timestamptz NOT NULL,
  first_seen_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL,
  is_test boolean NOT NULL,
  is_deleted boolean NOT NULL DEFAULT false,
  deletion_reason text CHECK (deletion_reason IN ('missing', 'unpublished', 'expired')),
  deleted_at timestamptz,
  PRIMARY KEY (kind, content_id),
  CHECK (is_deleted = (deletion_reason IS NOT NULL)),
  CHECK (is_deleted = (deleted_at IS NOT NULL))
);
CREATE INDEX items_by_hotstar_id ON hotstar.items (kind, hotstar_id);
CREATE INDEX items_expiring ON hotstar.items (kind, end_date_s) WHERE NOT is_deleted AND end_date_s > 0;
CREATE INDEX items_by_deletion ON hotstar.items (kind, is_deleted);
COMMENT ON TABLE hotstar.items IS 'The state of every item of every kind: its newest version and whether it is deleted, why and since when';
COMMENT ON COLUMN hotstar.items.page_id IS 'The page that began the newest version';
COMMENT ON COLUMN hotstar.items.version_from IS 'When the newest version was first seen';
COMMENT ON COLUMN hotstar.items.updated_at IS 'When the row last changed: the sending of the page that changed it, or the merge that deleted or restored it';
COMMENT ON COLUMN hotstar.items.is_test IS 'A test entry of the provider, by hotstar.test_title_rules';
COMMENT ON COLUMN hotstar.items.deletion_reason IS 'missing: a later complete census does not list it; unpublished: by its status; expired: by its end date';
COMMENT ON COLUMN hotstar.items.deleted_at IS 'Since when: the census that missed it, the page that unpublished it, its end date; the earliest that applies';

CREATE TABLE hotstar.item_versions (
  kind text NOT NULL,
  content_id text NOT NULL,
  valid_from timestamptz NOT NULL,
  valid_to timestamptz NOT NULL,
  page_id bigint NOT NULL,
  position integer NOT NULL,
  item_hash uuid NOT NULL,
  item jsonb NOT NULL,
  PRIMARY KEY (kind, content_id, valid_from, page_id, position)
);
COMMENT ON TABLE hotstar.item_versions IS 'Superseded versions of items; the newest stands in the kind''s own table';
COMMENT ON COLUMN hotstar.item_versions.valid_from IS 'When this content was first seen';
COMMENT ON COLUMN hotstar.item_versions.valid_to IS 'When other content was first seen after it';

CREATE TABLE hotstar.deletion_events (
  merge_id bigint NOT NULL,
  kind text NOT NULL,
  content_id text NOT NULL,
  event text NOT NULL CHECK (event IN ('deleted', 'restored')),
  reason text NOT NULL,
  at timestamptz NOT NULL,
  PRIMARY KEY (merge_id, kind, content_id)
);
CREATE INDEX deletion_events_of_item ON hotstar.deletion_events (kind, content_id);
COMMENT ON TABLE hotstar.deletion_events IS 'Every step from active to deleted and back. Append-only.';
COMMENT ON COLUMN hotstar.deletion_events.reason IS 'Why it was deleted; of a restored item, why it had been';
COMMENT ON COLUMN hotstar.deletion_events.at IS 'The merge''s instant';

CREATE TABLE hotstar.withheld_deletions (
  kind text NOT NULL,
  content_id text NOT NULL,
  title text,
  reason text NOT NULL,
  merge_id bigint NOT NULL,
  PRIMARY KEY (kind, content_id)
);
COMMENT ON TABLE hotstar.withheld_deletions IS 'Deletions that the newest merge withheld because they were too many; a new census with an approval applies what it finds';

CREATE TABLE hotstar.rejected_items (
  page_id bigint NOT NULL REFERENCES hotstar.pages,
  position integer NOT NULL,
  kind text NOT NULL,
  content_id text,
  reason text NOT NULL,
  body bytea NOT NULL,
  merge_id bigint NOT NULL,
  PRIMARY KEY (page_id, position)
);
CREATE INDEX rejected_items_of_item ON hotstar.rejected_items (kind, content_id);
COMMENT ON TABLE hotstar.rejected_items IS 'Items that cannot stand in the tables, as they came, with the reason. Append-only.';
COMMENT ON COLUMN hotstar.rejected_items.position IS 'Place on the page, from 0; -1: the rest of a page that breaks off';
COMMENT ON COLUMN hotstar.rejected_items.content_id IS 'Null: no readable id; a census with such an item deletes nothing';
COMMENT ON COLUMN hotstar.rejected_items.body IS 'The item''s bytes as they came';

CREATE TABLE hotstar.test_title_rules (
  pattern text PRIMARY KEY,
  why text NOT NULL,
  reviewed_on date NOT NULL
);
COMMENT ON TABLE hotstar.test_title_rules IS 'Reviewed rules (regular expressions, case ignored, bound to words) that flag the provider''s test entries by title. "Test" alone is none: it is a form of cricket.';
INSERT INTO hotstar.test_title_rules VALUES
  ('\mHES Automation\M', 'The provider''s automated entries: "HES Automation Movie 5"', '2026-11-21'),
  ('\mautomation (movie|show|series|season|episode|match|content|asset)s? ?[0-9]*\M', 'The same without the team''s name', '2026-11-21'),
  ('^\s*(qa|uat|staging|pre-?prod)\M.*\m(test|automation|dummy)\M', 'Entries that name a test environment', '2026-11-21'),
  ('^\s*(do not (use|publish)|dummy (movie|show|content|asset))\M', 'Entries that say they are none', '2026-11-21');

-- What each run did ----------------------------------------------------------------------------------------------

CREATE TABLE hotstar.hotstar_sync_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind text NOT NULL,
  sync_type text NOT NULL CHECK (sync_type IN ('initial', 'census', 'incremental', 'daily')),
  run_id text NOT NULL,
  listing_id bigint REFERENCES hotstar.listings,
  merge_id bigint REFERENCES hotstar.merges,
  started_at timestamptz NOT NULL,
  completed_at timestamptz,
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'partial', 'failed')),
  total_items_fetched bigint NOT NULL DEFAULT 0,
  items_added bigint NOT NULL DEFAULT 0,
  items_updated bigint NOT NULL DEFAULT 0,
  items_unchanged bigint NOT NULL DEFAULT 0,
  items_deleted bigint NOT NULL DEFAULT 0,
  items_restored bigint NOT NULL DEFAULT 0,
  items_rejected bigint NOT NULL DEFAULT 0,
  deletions_withheld bigint NOT NULL DEFAULT 0,
  api_requests_made integer NOT NULL DEFAULT 0,
  from_update_date bigint,
  to_update_date bigint,
  errors jsonb NOT NULL DEFAULT '[]',
  duration_seconds double precision GENERATED ALWAYS AS (extract(epoch FROM completed_at - started_at)) STORED,
  UNIQUE (run_id, kind),
  CHECK ((status = 'running') = (completed_at IS NULL))
);
CREATE INDEX sync_log_by_type ON hotstar.hotstar_sync_log (sync_type);
CREATE INDEX sync_log_by_start ON hotstar.hotstar_sync_log (started_at);
CREATE INDEX sync_log_by_status ON hotstar.hotstar_sync_log (status);
COMMENT ON TABLE hotstar.hotstar_sync_log IS 'One row a run and kind';
COMMENT ON COLUMN hotstar.hotstar_sync_log.sync_type IS 'initial: the first census; census; incremental: a poll of today; daily: a closed day';
COMMENT ON COLUMN hotstar.hotstar_sync_log.status IS 'completed; partial: something was lost or withheld, see errors; failed';
COMMENT ON COLUMN hotstar.hotstar_sync_log.total_items_fetched IS 'Distinct items that it listed; the counts beside it are of its own merge, which takes every page that is stored';
COMMENT ON COLUMN hotstar.hotstar_sync_log.from_update_date IS 'First second of update time listed, epoch seconds; null for a census';
COMMENT ON COLUMN hotstar.hotstar_sync_log.to_update_date IS 'Last second of update time listed, epoch seconds; null for a census';
COMMENT ON COLUMN hotstar.hotstar_sync_log.errors IS 'Array of {type, message, request, item, stack}; requests without credentials';

CREATE TABLE hotstar.hotstar_api_tokens (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  fingerprint text NOT NULL,
  generated_at timestamptz NOT NULL,
  expires_at timestamptz NOT NULL,
  is_active boolean NOT NULL DEFAULT true
);
CREATE INDEX api_tokens_by_expiry ON hotstar.hotstar_api_tokens (expires_at);
CREATE INDEX api_tokens_active ON hotstar.hotstar_api_tokens (is_active);
COMMENT ON TABLE hotstar.hotstar_api_tokens IS 'Tokens made, without anything that could be used';
COMMENT ON COLUMN hotstar.hotstar_api_tokens.fingerprint IS 'First 16 hex digits of the token''s SHA-256';

-- Films ----------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.movies (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  title text NOT NULL,
  description text,
  content_type text,
  year bigint,
  duration bigint,
  premium boolean,
  vip boolean,
  paid boolean,
  asset_status text,
  start_date bigint,
  end_date bigint,
  broadcast_date bigint,
  api_update_date bigint,
  thumbnail text,
  portrait_thumbnail text,
  deep_link_url text,
  deep_link_url_living_room text,
  play_uri text,
  parental_rating bigint,
  parental_rating_name text,
  raw_response jsonb NOT NULL
);
ALTER TABLE hotstar.movies SET (toast_tuple_target = 8160);  -- compressing a film took longer than writing it
DO $$
BEGIN
  ALTER TABLE hotstar.movies ALTER COLUMN raw_response SET COMPRESSION lz4;
EXCEPTION WHEN feature_not_supported THEN
  NULL;  -- a server built without lz4 compresses with its default
END
$$;
CREATE INDEX movies_by_hotstar_id ON hotstar.movies (hotstar_id);
CREATE INDEX movies_by_year ON hotstar.movies (year);
CREATE INDEX movies_by_premium ON hotstar.movies (premium);
CREATE INDEX movies_by_status ON hotstar.movies (asset_status);
CREATE INDEX movies_by_update ON hotstar.movies (api_update_date);
CREATE INDEX movies_by_genre ON hotstar.movies USING gin ((raw_response -> 'genre'));
CREATE INDEX movies_by_lang ON hotstar.movies USING gin ((raw_response -> 'lang'));
COMMENT ON TABLE hotstar.movies IS 'The newest version of every film: typed columns and the item as it came. Read it through hotstar_movies.';

CREATE VIEW hotstar.hotstar_movies AS
SELECT
  m.id, m.hotstar_id, m.content_id, m.title, m.description, m.content_type, m.year, m.duration,
  nullif(m.raw_response -> 'genre', 'null') AS genre,
  nullif(m.raw_response -> 'lang', 'null') AS lang,
  nullif(m.raw_response -> 'langObjs', 'null') AS lang_objs,
  m.premium, m.vip, m.paid, m.asset_status,
  m.start_date, m.end_date, m.broadcast_date, m.api_update_date,
  m.thumbnail, m.portrait_thumbnail,
  nullif(m.raw_response -> 'images', 'null') AS images,
  nullif(m.raw_response -> 'sourceImages', 'null') AS source_images,
  nullif(m.raw_response -> 'locators', 'null') AS locators,
  m.deep_link_url, m.deep_link_url_living_room, m.play_uri,
  nullif(m.raw_response -> 'actors', 'null') AS actors,
  nullif(m.raw_response -> 'directors', 'null') AS directors,
  nullif(m.raw_response -> 'producers', 'null') AS producers,
  nullif(m.raw_response -> 'anchors', 'null') AS anchors,
  nullif(m.raw_response -> 'searchKeywords', 'null') AS search_keywords,
  nullif(m.raw_response -> 'trailers', 'null') AS trailers,
  nullif(m.raw_response -> 'trailerDeeplinks', 'null') AS trailer_deep_links,
  nullif(m.raw_response -> 'channelObject', 'null') AS channel_object,
  m.parental_rating, m.parental_rating_name, m.raw_response,
  i.is_test,
  i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'movie' AND s.content_id = m.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.movies AS m
LEFT JOIN hotstar.items AS i ON i.kind = 'movie' AND i.content_id = m.content_id;
COMMENT ON VIEW hotstar.hotstar_movies IS 'Every film Hotstar''s partner catalogue has listed, the deleted ones included (is_deleted, deletion_reason)';
COMMENT ON COLUMN hotstar.hotstar_movies.id IS 'Surrogate key; the natural key is content_id';
COMMENT ON COLUMN hotstar.hotstar_movies.hotstar_id IS 'Hotstar''s internal id; can be issued again, so it is not unique';
COMMENT ON COLUMN hotstar.hotstar_movies.content_id IS 'Hotstar''s public id, the natural key';
COMMENT ON COLUMN hotstar.hotstar_movies.title IS 'Title as listed';
COMMENT ON COLUMN hotstar.hotstar_movies.description IS 'Description as listed';
COMMENT ON COLUMN hotstar.hotstar_movies.content_type IS 'MOVIE';
COMMENT ON COLUMN hotstar.hotstar_movies.year IS 'Year of release';
COMMENT ON COLUMN hotstar.hotstar_movies.duration IS 'Running time in seconds; 0 occurs';
COMMENT ON COLUMN hotstar.hotstar_movies.genre IS 'Array of genre names';
COMMENT ON COLUMN hotstar.hotstar_movies.lang IS 'Array of language names';
COMMENT ON COLUMN hotstar.hotstar_movies.lang_objs IS 'Array of {hide, id, name, iso3code, displayName}';
COMMENT ON COLUMN hotstar.hotstar_movies.premium IS 'Paid content; null: the service does not say';
COMMENT ON COLUMN hotstar.hotstar_movies.vip IS 'Agrees with premium since September 2021; null: the service does not say';
COMMENT ON COLUMN hotstar.hotstar_movies.paid IS 'Paid content; null: the service does not say';
COMMENT ON COLUMN hotstar.hotstar_movies.asset_status IS 'PUBLISHED or UNPUBLISHED';
COMMENT ON COLUMN hotstar.hotstar_movies.start_date IS 'Available from, epoch seconds; 32535072000 (the year 3000): unreleased';
COMMENT ON COLUMN hotstar.hotstar_movies.end_date IS 'Available until, epoch seconds; 4102424940 (2099), null, 0 and less: no end';
COMMENT ON COLUMN hotstar.hotstar_movies.broadcast_date IS 'First broadcast, epoch seconds';
COMMENT ON COLUMN hotstar.hotstar_movies.api_update_date IS 'The service''s own update time, epoch seconds';
COMMENT ON COLUMN hotstar.hotstar_movies.thumbnail IS 'URL of the horizontal picture';
COMMENT ON COLUMN hotstar.hotstar_movies.portrait_thumbnail IS 'URL of the vertical picture';
COMMENT ON COLUMN hotstar.hotstar_movies.images IS 'Array of {url, transformation, type}';
COMMENT ON COLUMN hotstar.hotstar_movies.source_images IS 'Array of {url, type}';
COMMENT ON COLUMN hotstar.hotstar_movies.locators IS 'Array of {url, platform}';
COMMENT ON COLUMN hotstar.hotstar_movies.deep_link_url IS 'hotstar:// link for phones and the web';
COMMENT ON COLUMN hotstar.hotstar_movies.deep_link_url_living_room IS 'hotstar:// link for televisions';
COMMENT ON COLUMN hotstar.hotstar_movies.play_uri IS 'Playback address, for one partner only';
COMMENT ON COLUMN hotstar.hotstar_movies.actors IS 'Array of names, as listed: duplicates and stray spaces occur';
COMMENT ON COLUMN hotstar.hotstar_movies.directors IS 'Array of names';
COMMENT ON COLUMN hotstar.hotstar_movies.producers IS 'Array of names';
COMMENT ON COLUMN hotstar.hotstar_movies.anchors IS 'Array of names';
COMMENT ON COLUMN hotstar.hotstar_movies.search_keywords IS 'Array of words, as listed';
COMMENT ON COLUMN hotstar.hotstar_movies.trailers IS 'Array of trailers';
COMMENT ON COLUMN hotstar.hotstar_movies.trailer_deep_links IS 'Array of links to trailers';
COMMENT ON COLUMN hotstar.hotstar_movies.channel_object IS '{id, name, contentId} of the channel';
COMMENT ON COLUMN hotstar.hotstar_movies.parental_rating IS 'Parental rating as a number';
COMMENT ON COLUMN hotstar.hotstar_movies.parental_rating_name IS 'Parental rating: U, U/A 7+, U/A 13+, U/A 16+, A, PG, 12+';
COMMENT ON COLUMN hotstar.hotstar_movies.raw_response IS 'The item as it came, with every field, known or not';
COMMENT ON COLUMN hotstar.hotstar_movies.is_test IS 'A test entry of the provider, by hotstar.test_title_rules';
COMMENT ON COLUMN hotstar.hotstar_movies.created_at IS 'When it was first seen';
COMMENT ON COLUMN hotstar.hotstar_movies.updated_at IS 'When what the row says last changed';
COMMENT ON COLUMN hotstar.hotstar_movies.last_synced_at IS 'When it was last seen on a page';
COMMENT ON COLUMN hotstar.hotstar_movies.is_deleted IS 'Missing, unpublished or expired; never removed from the table';
COMMENT ON COLUMN hotstar.hotstar_movies.deleted_at IS 'Since when it is deleted';
COMMENT ON COLUMN hotstar.hotstar_movies.deletion_reason IS 'missing, unpublished or expired';

CREATE FUNCTION hotstar.changed_fields(old jsonb, new jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT jsonb_object_agg(key, jsonb_build_object('old', old -> key, 'new', new -> key))
  FROM (SELECT jsonb_object_keys(old) UNION SELECT jsonb_object_keys(new)) AS keys (key)
  WHERE old -> key IS DISTINCT FROM new -> key
$$;
COMMENT ON FUNCTION hotstar.changed_fields IS 'The fields in which two versions differ: {field: {old, new}}';

CREATE VIEW hotstar.hotstar_movie_versions AS
SELECT
  content_id, valid_from, valid_to,
  CASE WHEN lag(item) OVER newer IS NOT NULL THEN hotstar.changed_fields(lag(item) OVER newer, item) END AS changed,
  item
FROM (
  SELECT v.content_id, v.valid_from, v.valid_to, v.page_id, v.position, v.item
  FROM hotstar.item_versions AS v
  WHERE v.kind = 'movie'
  UNION ALL
  SELECT i.content_id, i.version_from, NULL, i.page_id, i.position, m.raw_response
  FROM hotstar.items AS i
  JOIN hotstar.movies AS m USING (content_id)
  WHERE i.kind = 'movie'
) AS versions
WINDOW newer AS (PARTITION BY content_id ORDER BY valid_from, page_id, position);
COMMENT ON VIEW hotstar.hotstar_movie_versions IS 'Every version of every film: what changed, from when to when; valid_to is null for the newest';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar') THEN
    GRANT USAGE ON SCHEMA hotstar TO catalog_hotstar;
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hotstar TO catalog_hotstar;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA hotstar TO catalog_hotstar;
  END IF;
END
$$;
