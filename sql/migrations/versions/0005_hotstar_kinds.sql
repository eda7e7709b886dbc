-- Hotstar: series, seasons, episodes, matches and channels beside films; every table as it stood; figures by day.
-- Which field of an item becomes which column is said once a kind, by hotstar.<kind>_fields: merges, views and the past
-- read it. What follows from that (versions, the past, shared descriptions) hotstar.make_history makes for every kind.

-- What every kind shares ------------------------------------------------------------------------------------------

COMMENT ON COLUMN hotstar.listings.kind IS 'What is listed: movie, show, season, episode, match or channel';

CREATE INDEX items_by_scope ON hotstar.items (kind, scope) WHERE scope <> '';
COMMENT ON COLUMN hotstar.items.title IS 'The title; of a channel its name';

ALTER TABLE hotstar.deletion_events
  ADD COLUMN deleted_at timestamptz,
  ADD COLUMN was_reason text,
  ADD COLUMN was_deleted_at timestamptz,
  DROP CONSTRAINT deletion_events_event_check,
  ADD CONSTRAINT deletion_events_event_check CHECK (event IN ('deleted', 'changed', 'restored'));
UPDATE hotstar.deletion_events SET was_reason = reason WHERE event = 'restored';
DROP INDEX hotstar.deletion_events_of_item;
CREATE INDEX deletion_events_of_item ON hotstar.deletion_events (kind, content_id, at, merge_id);
COMMENT ON TABLE hotstar.deletion_events IS 'Every step from active to deleted and back, and every change of why or since when an item is deleted. Append-only.';
COMMENT ON COLUMN hotstar.deletion_events.event IS 'deleted; restored; changed: it stays deleted, for another reason or since another time';
COMMENT ON COLUMN hotstar.deletion_events.deleted_at IS 'Since when it is deleted, as the item says it; null: restored, or a step before revision 0005';
COMMENT ON COLUMN hotstar.deletion_events.was_reason IS 'Why it was deleted before; null: it was active';
COMMENT ON COLUMN hotstar.deletion_events.was_deleted_at IS 'Since when it was deleted before; null: it was active, or a step before revision 0005';

CREATE FUNCTION hotstar.test_title_pattern() RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT string_agg('(?:' || pattern || ')', '|') FROM hotstar.test_title_rules
$$;
COMMENT ON FUNCTION hotstar.test_title_pattern IS 'The reviewed rules of hotstar.test_title_rules as one regular expression; null without any';

-- Films -------------------------------------------------------------------------------------------------------------

CREATE FUNCTION hotstar.movie_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, title text, description text, content_type text, year bigint, duration bigint, genre jsonb,
  lang jsonb, lang_objs jsonb, premium boolean, vip boolean, paid boolean, asset_status text, start_date bigint,
  end_date bigint, broadcast_date bigint, api_update_date bigint, thumbnail text, portrait_thumbnail text,
  images jsonb, source_images jsonb, locators jsonb, deep_link_url text, deep_link_url_living_room text,
  play_uri text, actors jsonb, directors jsonb, producers jsonb, anchors jsonb, search_keywords jsonb, trailers jsonb,
  trailer_deep_links jsonb, channel_object jsonb, parental_rating bigint, parental_rating_name text
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, item ->> 'title' AS title, item ->> 'description' AS description,
    item ->> 'contentType' AS content_type, (item ->> 'year')::bigint AS year,
    (item ->> 'duration')::bigint AS duration, nullif(item -> 'genre', 'null') AS genre,
    nullif(item -> 'lang', 'null') AS lang, nullif(item -> 'langObjs', 'null') AS lang_objs,
    (item ->> 'premium')::boolean AS premium, (item ->> 'vip')::boolean AS vip, (item ->> 'paid')::boolean AS paid,
    item ->> 'assetStatus' AS asset_status, (item ->> 'startDate')::bigint AS start_date,
    (item ->> 'endDate')::bigint AS end_date, (item ->> 'broadCastDate')::bigint AS broadcast_date,
    (item ->> 'updateDate')::bigint AS api_update_date, item ->> 'thumbnail' AS thumbnail,
    item ->> 'portraitThumbnail' AS portrait_thumbnail, nullif(item -> 'images', 'null') AS images,
    nullif(item -> 'sourceImages', 'null') AS source_images, nullif(item -> 'locators', 'null') AS locators,
    item ->> 'deepLinkUrl' AS deep_link_url, item ->> 'deepLinkUrlForLivingRoom' AS deep_link_url_living_room,
    item ->> 'playUri' AS play_uri, nullif(item -> 'actors', 'null') AS actors,
    nullif(item -> 'directors', 'null') AS directors, nullif(item -> 'producers', 'null') AS producers,
    nullif(item -> 'anchors', 'null') AS anchors, nullif(item -> 'searchKeywords', 'null') AS search_keywords,
    nullif(item -> 'trailers', 'null') AS trailers, nullif(item -> 'trailerDeeplinks', 'null') AS trailer_deep_links,
    nullif(item -> 'channelObject', 'null') AS channel_object, (item ->> 'parentalRating')::bigint AS parental_rating,
    item ->> 'parentalRatingName' AS parental_rating_name
$$;

CREATE OR REPLACE VIEW hotstar.hotstar_movies AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.title, w.description, w.content_type, w.year, w.duration, f.genre, f.lang,
  f.lang_objs, w.premium, w.vip, w.paid, w.asset_status, w.start_date, w.end_date, w.broadcast_date,
  w.api_update_date, w.thumbnail, w.portrait_thumbnail, f.images, f.source_images, f.locators, w.deep_link_url,
  w.deep_link_url_living_room, w.play_uri, f.actors, f.directors, f.producers, f.anchors, f.search_keywords,
  f.trailers, f.trailer_deep_links, f.channel_object, w.parental_rating, w.parental_rating_name, w.raw_response,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'movie' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.movies AS w
CROSS JOIN LATERAL hotstar.movie_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'movie';

-- Seasons ---------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.seasons (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  category_id bigint,
  show_id bigint NOT NULL,
  channel_id bigint,
  season_no bigint,
  episode_count bigint,
  title text,
  thumbnail text,
  raw_response jsonb NOT NULL
);
CREATE INDEX seasons_by_hotstar_id ON hotstar.seasons (hotstar_id);
CREATE INDEX seasons_by_show ON hotstar.seasons (show_id, season_no);
COMMENT ON TABLE hotstar.seasons IS 'The newest version of every season: typed columns and the item as it came. Read it through hotstar_seasons.';

CREATE FUNCTION hotstar.season_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, category_id bigint, show_id bigint, channel_id bigint, season_no bigint, episode_count bigint,
  title text, thumbnail text, images jsonb
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, (item ->> 'categoryId')::bigint AS category_id,
    (item ->> 'showId')::bigint AS show_id, (item ->> 'channelId')::bigint AS channel_id,
    (item ->> 'displaySeasonNo')::bigint AS season_no, (item ->> 'episodeCnt')::bigint AS episode_count,
    item ->> 'title' AS title, item ->> 'thumbnail' AS thumbnail, nullif(item -> 'images', 'null') AS images
$$;

CREATE VIEW hotstar.hotstar_seasons AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.category_id, w.show_id, w.channel_id, w.season_no, w.episode_count, w.title,
  w.thumbnail, f.images, w.raw_response,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'season' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.seasons AS w
CROSS JOIN LATERAL hotstar.season_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'season';
COMMENT ON VIEW hotstar.hotstar_seasons IS 'Every season of a listed series, the deleted ones included (is_deleted, deletion_reason). The service says neither their status nor any date.';
COMMENT ON COLUMN hotstar.hotstar_seasons.hotstar_id IS 'Hotstar''s internal id, which episodes name as season_id; can be issued again, so it is not unique';
COMMENT ON COLUMN hotstar.hotstar_seasons.category_id IS 'The service''s id of its category';
COMMENT ON COLUMN hotstar.hotstar_seasons.show_id IS 'The series: its hotstar_id, not its content_id';
COMMENT ON COLUMN hotstar.hotstar_seasons.channel_id IS 'The channel: its hotstar_id';
COMMENT ON COLUMN hotstar.hotstar_seasons.season_no IS 'Number of the season as shown (displaySeasonNo)';
COMMENT ON COLUMN hotstar.hotstar_seasons.episode_count IS 'Number of its episodes, as the service says (episodeCnt)';
COMMENT ON COLUMN hotstar.hotstar_seasons.title IS 'Title as listed, such as "Chapter 28"; null: it has none';

-- Episodes --------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.episodes (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  show_id bigint,
  season_id bigint,
  season_no bigint,
  episode_no bigint,
  title text NOT NULL,
  description text,
  content_type text,
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
CREATE INDEX episodes_by_hotstar_id ON hotstar.episodes (hotstar_id);
CREATE INDEX episodes_by_show ON hotstar.episodes (show_id, season_no, episode_no);
CREATE INDEX episodes_by_season ON hotstar.episodes (season_id);
CREATE INDEX episodes_by_premium ON hotstar.episodes (premium);
CREATE INDEX episodes_by_status ON hotstar.episodes (asset_status);
CREATE INDEX episodes_by_update ON hotstar.episodes (api_update_date);
CREATE INDEX episodes_by_genre ON hotstar.episodes USING gin ((raw_response -> 'genre'));
CREATE INDEX episodes_by_lang ON hotstar.episodes USING gin ((raw_response -> 'lang'));
COMMENT ON TABLE hotstar.episodes IS 'The newest version of every episode: typed columns and the item as it came. Read it through hotstar_episodes.';

CREATE FUNCTION hotstar.episode_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, show_id bigint, season_id bigint, season_no bigint, episode_no bigint, title text,
  description text, content_type text, duration bigint, genre jsonb, lang jsonb, lang_objs jsonb, premium boolean,
  vip boolean, paid boolean, asset_status text, start_date bigint, end_date bigint, broadcast_date bigint,
  api_update_date bigint, thumbnail text, portrait_thumbnail text, images jsonb, source_images jsonb, locators jsonb,
  deep_link_url text, deep_link_url_living_room text, play_uri text, actors jsonb, directors jsonb, producers jsonb,
  anchors jsonb, search_keywords jsonb, trailers jsonb, trailer_deep_links jsonb, channel_object jsonb,
  parental_rating bigint, parental_rating_name text
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, (item ->> 'showId')::bigint AS show_id,
    (item ->> 'seasonId')::bigint AS season_id, (item ->> 'seasonNo')::bigint AS season_no,
    (item ->> 'episodeNo')::bigint AS episode_no, item ->> 'title' AS title, item ->> 'description' AS description,
    item ->> 'contentType' AS content_type, (item ->> 'duration')::bigint AS duration,
    nullif(item -> 'genre', 'null') AS genre, nullif(item -> 'lang', 'null') AS lang,
    nullif(item -> 'langObjs', 'null') AS lang_objs, (item ->> 'premium')::boolean AS premium,
    (item ->> 'vip')::boolean AS vip, (item ->> 'paid')::boolean AS paid, item ->> 'assetStatus' AS asset_status,
    (item ->> 'startDate')::bigint AS start_date, (item ->> 'endDate')::bigint AS end_date,
    (item ->> 'broadCastDate')::bigint AS broadcast_date, (item ->> 'updateDate')::bigint AS api_update_date,
    item ->> 'thumbnail' AS thumbnail, item ->> 'portraitThumbnail' AS portrait_thumbnail,
    nullif(item -> 'images', 'null') AS images, nullif(item -> 'sourceImages', 'null') AS source_images,
    nullif(item -> 'locators', 'null') AS locators, item ->> 'deepLinkUrl' AS deep_link_url,
    item ->> 'deepLinkUrlForLivingRoom' AS deep_link_url_living_room, item ->> 'playUri' AS play_uri,
    nullif(item -> 'actors', 'null') AS actors, nullif(item -> 'directors', 'null') AS directors,
    nullif(item -> 'producers', 'null') AS producers, nullif(item -> 'anchors', 'null') AS anchors,
    nullif(item -> 'searchKeywords', 'null') AS search_keywords, nullif(item -> 'trailers', 'null') AS trailers,
    nullif(item -> 'trailerDeeplinks', 'null') AS trailer_deep_links,
    nullif(item -> 'channelObject', 'null') AS channel_object, (item ->> 'parentalRating')::bigint AS parental_rating,
    item ->> 'parentalRatingName' AS parental_rating_name
$$;

CREATE VIEW hotstar.hotstar_episodes AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.show_id, w.season_id, w.season_no, w.episode_no, w.title, w.description,
  w.content_type, w.duration, f.genre, f.lang, f.lang_objs, w.premium, w.vip, w.paid, w.asset_status, w.start_date,
  w.end_date, w.broadcast_date, w.api_update_date, w.thumbnail, w.portrait_thumbnail, f.images, f.source_images,
  f.locators, w.deep_link_url, w.deep_link_url_living_room, w.play_uri, f.actors, f.directors, f.producers, f.anchors,
  f.search_keywords, f.trailers, f.trailer_deep_links, f.channel_object, w.parental_rating, w.parental_rating_name,
  w.raw_response,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'episode' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.episodes AS w
CROSS JOIN LATERAL hotstar.episode_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'episode';
COMMENT ON VIEW hotstar.hotstar_episodes IS 'Every episode Hotstar''s partner catalogue has listed, the deleted ones included (is_deleted, deletion_reason)';
COMMENT ON COLUMN hotstar.hotstar_episodes.content_type IS 'EPISODE';
COMMENT ON COLUMN hotstar.hotstar_episodes.show_id IS 'The series: its hotstar_id, not its content_id';
COMMENT ON COLUMN hotstar.hotstar_episodes.season_id IS 'The season: its hotstar_id';
COMMENT ON COLUMN hotstar.hotstar_episodes.season_no IS 'Number of the season';
COMMENT ON COLUMN hotstar.hotstar_episodes.episode_no IS 'Number of the episode in its season';

-- Series ----------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.shows (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  category_id bigint,
  title text NOT NULL,
  description text,
  content_type text,
  premium boolean,
  vip boolean,
  paid boolean,
  start_date bigint,
  end_date bigint,
  thumbnail text,
  portrait_thumbnail text,
  parental_rating bigint,
  parental_rating_name text,
  raw_response jsonb NOT NULL
);
CREATE INDEX shows_by_hotstar_id ON hotstar.shows (hotstar_id);
CREATE INDEX shows_by_premium ON hotstar.shows (premium);
CREATE INDEX shows_by_genre ON hotstar.shows USING gin ((raw_response -> 'genre'));
CREATE INDEX shows_by_lang ON hotstar.shows USING gin ((raw_response -> 'lang'));
CREATE INDEX shows_by_words ON hotstar.shows USING gin (to_tsvector('simple', title));
COMMENT ON TABLE hotstar.shows IS 'The newest version of every series: typed columns and the item as it came. Read it through hotstar_shows.';

CREATE FUNCTION hotstar.show_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, category_id bigint, title text, description text, content_type text, genre jsonb, lang jsonb,
  lang_objs jsonb, premium boolean, vip boolean, paid boolean, start_date bigint, end_date bigint, thumbnail text,
  portrait_thumbnail text, images jsonb, source_images jsonb, locators jsonb, actors jsonb, directors jsonb,
  producers jsonb, anchors jsonb, search_keywords jsonb, trailers jsonb, trailer_deep_links jsonb,
  channel_object jsonb, parental_rating bigint, parental_rating_name text
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, (item ->> 'categoryId')::bigint AS category_id, item ->> 'title' AS title,
    item ->> 'description' AS description, item ->> 'contentType' AS content_type,
    nullif(item -> 'genre', 'null') AS genre, nullif(item -> 'lang', 'null') AS lang,
    nullif(item -> 'langObjs', 'null') AS lang_objs, (item ->> 'premium')::boolean AS premium,
    (item ->> 'vip')::boolean AS vip, (item ->> 'paid')::boolean AS paid,
    (item ->> 'startDate')::bigint AS start_date, (item ->> 'endDate')::bigint AS end_date,
    item ->> 'thumbnail' AS thumbnail, item ->> 'portraitThumbnail' AS portrait_thumbnail,
    nullif(item -> 'images', 'null') AS images, nullif(item -> 'sourceImages', 'null') AS source_images,
    nullif(item -> 'locators', 'null') AS locators, nullif(item -> 'actors', 'null') AS actors,
    nullif(item -> 'directors', 'null') AS directors, nullif(item -> 'producers', 'null') AS producers,
    nullif(item -> 'anchors', 'null') AS anchors, nullif(item -> 'searchKeywords', 'null') AS search_keywords,
    nullif(item -> 'trailers', 'null') AS trailers, nullif(item -> 'trailerDeeplinks', 'null') AS trailer_deep_links,
    nullif(item -> 'channelObject', 'null') AS channel_object, (item ->> 'parentalRating')::bigint AS parental_rating,
    item ->> 'parentalRatingName' AS parental_rating_name
$$;

CREATE VIEW hotstar.hotstar_shows AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.category_id, w.title, w.description, w.content_type, f.genre, f.lang,
  f.lang_objs, w.premium, w.vip, w.paid, w.start_date, w.end_date, w.thumbnail, w.portrait_thumbnail, f.images,
  f.source_images, f.locators, f.actors, f.directors, f.producers, f.anchors, f.search_keywords, f.trailers,
  f.trailer_deep_links, f.channel_object, w.parental_rating, w.parental_rating_name, w.raw_response,
  (
    SELECT count(*)
    FROM hotstar.seasons AS c
    JOIN hotstar.items AS state ON c.content_id = state.content_id AND state.kind = 'season'
    WHERE c.show_id = w.hotstar_id AND NOT state.is_deleted
  ) AS season_count,
  (
    SELECT count(*)
    FROM hotstar.episodes AS c
    JOIN hotstar.items AS state ON c.content_id = state.content_id AND state.kind = 'episode'
    WHERE c.show_id = w.hotstar_id AND NOT state.is_deleted
  ) AS episode_count,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'show' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.shows AS w
CROSS JOIN LATERAL hotstar.show_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'show';
COMMENT ON VIEW hotstar.hotstar_shows IS 'Every series Hotstar''s partner catalogue has listed, the deleted ones included (is_deleted, deletion_reason). The service says neither their status nor when they changed.';
COMMENT ON COLUMN hotstar.hotstar_shows.hotstar_id IS 'Hotstar''s internal id, which seasons and episodes name as show_id; can be issued again, so it is not unique';
COMMENT ON COLUMN hotstar.hotstar_shows.category_id IS 'The service''s id of its category; agrees with content_id in what was seen';
COMMENT ON COLUMN hotstar.hotstar_shows.content_type IS 'SHOW';
COMMENT ON COLUMN hotstar.hotstar_shows.season_count IS 'Seasons in hotstar_seasons that are not deleted, counted when read; the service does not say';
COMMENT ON COLUMN hotstar.hotstar_shows.episode_count IS 'Episodes in hotstar_episodes that are not deleted, counted when read; the service does not say';

-- Matches ---------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.sports (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  title text NOT NULL,
  description text,
  content_type text,
  duration bigint,
  live boolean,
  game_name text,
  tournament_id bigint,
  sports_season_id bigint,
  si_match_id text,
  premium boolean,
  vip boolean,
  paid boolean,
  asset_status text,
  start_date bigint,
  end_date bigint,
  api_update_date bigint,
  thumbnail text,
  portrait_thumbnail text,
  deep_link_url text,
  deep_link_url_living_room text,
  play_uri text,
  raw_response jsonb NOT NULL
);
CREATE INDEX sports_by_hotstar_id ON hotstar.sports (hotstar_id);
CREATE INDEX sports_by_tournament ON hotstar.sports (tournament_id, start_date);
CREATE INDEX sports_by_game ON hotstar.sports (game_name, start_date);
CREATE INDEX sports_by_start ON hotstar.sports (start_date);
CREATE INDEX sports_live ON hotstar.sports (start_date) WHERE live;
CREATE INDEX sports_by_premium ON hotstar.sports (premium);
CREATE INDEX sports_by_status ON hotstar.sports (asset_status);
CREATE INDEX sports_by_update ON hotstar.sports (api_update_date);
CREATE INDEX sports_by_genre ON hotstar.sports USING gin ((raw_response -> 'genre'));
CREATE INDEX sports_by_lang ON hotstar.sports USING gin ((raw_response -> 'lang'));
CREATE INDEX sports_by_words ON hotstar.sports USING gin (to_tsvector('simple', title));
COMMENT ON TABLE hotstar.sports IS 'The newest version of every match: typed columns and the item as it came. Read it through hotstar_sports.';

CREATE FUNCTION hotstar.match_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, title text, description text, content_type text, duration bigint, live boolean, game_name text,
  tournament_id bigint, sports_season_id bigint, si_match_id text, genre jsonb, lang jsonb, premium boolean,
  vip boolean, paid boolean, asset_status text, start_date bigint, end_date bigint, api_update_date bigint,
  thumbnail text, portrait_thumbnail text, source_images jsonb, locators jsonb, deep_link_url text,
  deep_link_url_living_room text, play_uri text, search_keywords jsonb
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, item ->> 'title' AS title, item ->> 'description' AS description,
    item ->> 'contentType' AS content_type, (item ->> 'duration')::bigint AS duration,
    (item ->> 'live')::boolean AS live, item ->> 'gameName' AS game_name,
    (item ->> 'tournamentId')::bigint AS tournament_id, (item ->> 'sportsSeasonId')::bigint AS sports_season_id,
    item ->> 'siMatchId' AS si_match_id, nullif(item -> 'genre', 'null') AS genre,
    nullif(item -> 'lang', 'null') AS lang, (item ->> 'premium')::boolean AS premium,
    (item ->> 'vip')::boolean AS vip, (item ->> 'paid')::boolean AS paid, item ->> 'assetStatus' AS asset_status,
    (item ->> 'startDate')::bigint AS start_date, (item ->> 'endDate')::bigint AS end_date,
    (item ->> 'updateDate')::bigint AS api_update_date, item ->> 'thumbnail' AS thumbnail,
    item ->> 'portraitThumbnail' AS portrait_thumbnail, nullif(item -> 'sourceImages', 'null') AS source_images,
    nullif(item -> 'locators', 'null') AS locators, item ->> 'deepLinkUrl' AS deep_link_url,
    item ->> 'deepLinkUrlForLivingRoom' AS deep_link_url_living_room, item ->> 'playUri' AS play_uri,
    nullif(item -> 'searchKeywords', 'null') AS search_keywords
$$;

CREATE VIEW hotstar.hotstar_sports AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.title, w.description, w.content_type, w.duration, w.live, w.game_name,
  w.tournament_id, w.sports_season_id, w.si_match_id, f.genre, f.lang, w.premium, w.vip, w.paid, w.asset_status,
  w.start_date, w.end_date, w.api_update_date, w.thumbnail, w.portrait_thumbnail, f.source_images, f.locators,
  w.deep_link_url, w.deep_link_url_living_room, w.play_uri, f.search_keywords, w.raw_response,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'match' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.sports AS w
CROSS JOIN LATERAL hotstar.match_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'match';
COMMENT ON VIEW hotstar.hotstar_sports IS 'Every match and other programme about sports that Hotstar''s partner catalogue has listed, recorded or live, the deleted ones included (is_deleted, deletion_reason)';
COMMENT ON COLUMN hotstar.hotstar_sports.content_type IS 'MATCH';
COMMENT ON COLUMN hotstar.hotstar_sports.live IS 'true: a live clip; false: a recording; null: the service does not say';
COMMENT ON COLUMN hotstar.hotstar_sports.game_name IS 'The sport, such as FOOTBALL; the genre can contradict it';
COMMENT ON COLUMN hotstar.hotstar_sports.tournament_id IS 'The service''s id of the tournament';
COMMENT ON COLUMN hotstar.hotstar_sports.sports_season_id IS 'The service''s id of the tournament''s season';
COMMENT ON COLUMN hotstar.hotstar_sports.si_match_id IS 'The match''s id with the provider of scores';

-- Channels --------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.channels (
  id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
  content_id text NOT NULL UNIQUE,
  hotstar_id bigint NOT NULL,
  name text NOT NULL,
  raw_response jsonb NOT NULL
);
CREATE INDEX channels_by_hotstar_id ON hotstar.channels (hotstar_id);
COMMENT ON TABLE hotstar.channels IS 'The newest version of every channel: typed columns and the item as it came. Read it through hotstar_channels.';

CREATE FUNCTION hotstar.channel_fields(item jsonb) RETURNS TABLE (
  hotstar_id bigint, name text, enabled_platforms jsonb
)
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$
  SELECT
    (item ->> 'id')::bigint AS hotstar_id, item ->> 'name' AS name,
    nullif(item -> 'enabledPlatforms', 'null') AS enabled_platforms
$$;

CREATE VIEW hotstar.hotstar_channels AS
SELECT
  w.id, w.hotstar_id, w.content_id, w.name, f.enabled_platforms, w.raw_response,
  i.is_test, i.first_seen_at AS created_at, i.updated_at,
  (SELECT max(s.sent_at) FROM hotstar.sightings AS s WHERE s.kind = 'channel' AND s.content_id = w.content_id) AS last_synced_at,
  i.is_deleted, i.deleted_at, i.deletion_reason
FROM hotstar.channels AS w
CROSS JOIN LATERAL hotstar.channel_fields(w.raw_response) AS f
LEFT JOIN hotstar.items AS i ON w.content_id = i.content_id AND i.kind = 'channel';
COMMENT ON VIEW hotstar.hotstar_channels IS 'Every channel Hotstar''s partner catalogue has listed, the deleted ones included (is_deleted, deletion_reason). Those that cannot be searched are not listed.';
COMMENT ON COLUMN hotstar.hotstar_channels.hotstar_id IS 'Hotstar''s internal id, which seasons name as channel_id; can be issued again, so it is not unique';
COMMENT ON COLUMN hotstar.hotstar_channels.name IS 'Name as listed';
COMMENT ON COLUMN hotstar.hotstar_channels.enabled_platforms IS 'Array of the platforms that show it, such as ANDROID';
COMMENT ON COLUMN hotstar.hotstar_channels.is_test IS 'A test entry of the provider, by hotstar.test_title_rules, which judge its name';

-- The past of every kind ------------------------------------------------------------------------------------------

CREATE FUNCTION hotstar.deletion_as_of(of_kind text, of_id text, at timestamptz)
RETURNS TABLE (is_deleted boolean, deletion_reason text, deleted_at timestamptz)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
  SELECT state.reason IS NOT NULL, state.reason, state.deleted_at
  FROM (
    (
      SELECT 1 AS choice, CASE WHEN e.event <> 'restored' THEN e.reason END AS reason, e.deleted_at
      FROM hotstar.deletion_events AS e
      WHERE e.kind = $1 AND e.content_id = $2 AND e.at <= $3
      ORDER BY e.at DESC, e.merge_id DESC
      LIMIT 1
    )
    UNION ALL
    (
      SELECT 2, e.was_reason, e.was_deleted_at
      FROM hotstar.deletion_events AS e
      WHERE e.kind = $1 AND e.content_id = $2 AND e.at > $3
      ORDER BY e.at, e.merge_id
      LIMIT 1
    )
    UNION ALL
    SELECT 3, i.deletion_reason, i.deleted_at FROM hotstar.items AS i WHERE i.kind = $1 AND i.content_id = $2
  ) AS state
  ORDER BY state.choice
  LIMIT 1
$$;
COMMENT ON FUNCTION hotstar.deletion_as_of IS 'Whether an item was deleted at a time, why and since when: as the last step by then says, else as the first one after it says of before, else as the item says';

CREATE PROCEDURE hotstar.make_history(of_kind text, wide text, documented text, named text DEFAULT 'title')
LANGUAGE plpgsql
AS $procedure$
DECLARE
  fields CONSTANT text := of_kind || '_fields';
  versions CONSTANT text := format('hotstar_%s_versions', of_kind);
  as_of CONSTANT text := documented || '_as_of';
  contents CONSTANT text := format(
    $sql$
      SELECT v.content_id, v.valid_from, v.valid_to, v.page_id, v.position, v.item
      FROM hotstar.item_versions AS v
      WHERE v.kind = %1$L
      UNION ALL
      SELECT i.content_id, i.version_from, NULL, i.page_id, i.position, w.raw_response
      FROM hotstar.items AS i
      JOIN hotstar.%2$I AS w USING (content_id)
      WHERE i.kind = %1$L
    $sql$, of_kind, wide
  );
  columns text;
  described record;
BEGIN
  EXECUTE format(
    $sql$
      CREATE OR REPLACE VIEW hotstar.%I AS
      SELECT
        content_id, valid_from, valid_to,
        CASE WHEN lag(item) OVER newer IS NOT NULL THEN hotstar.changed_fields(lag(item) OVER newer, item) END AS changed,
        item
      FROM (%s) AS contents
      WINDOW newer AS (PARTITION BY content_id ORDER BY valid_from, page_id, position)
    $sql$, versions, contents
  );

  -- Every column of the documented view from the version that was valid then, or from the item's state then.
  SELECT string_agg(
    CASE a.attname
      WHEN 'id' THEN 'w.id'
      WHEN 'content_id' THEN 'v.content_id'
      WHEN 'raw_response' THEN 'v.item'
      WHEN 'is_test' THEN format('coalesce(f.%I ~* (SELECT hotstar.test_title_pattern()), false)', named)
      WHEN 'created_at' THEN 'i.first_seen_at'
      WHEN 'updated_at' THEN format(
        $sql$greatest(v.valid_from, (
          SELECT max(e.at)
          FROM hotstar.deletion_events AS e
          WHERE e.kind = %L AND e.content_id = v.content_id AND e.at <= $1 AND e.event <> 'changed'
        ))$sql$, of_kind
      )
      WHEN 'last_synced_at' THEN format(
        $sql$(
          SELECT max(s.sent_at)
          FROM hotstar.sightings AS s
          WHERE s.kind = %L AND s.content_id = v.content_id AND s.sent_at <= $1
        )$sql$, of_kind
      )
      WHEN 'is_deleted' THEN 'd.is_deleted'
      WHEN 'deletion_reason' THEN 'd.deletion_reason'
      WHEN 'deleted_at' THEN 'd.deleted_at'
      ELSE CASE
        WHEN a.attname = ANY (p.proargnames) THEN format('f.%I', a.attname)
        ELSE format('NULL::%s', format_type(a.atttypid, a.atttypmod))
      END
    END, ', ' ORDER BY a.attnum
  )
  INTO STRICT columns
  FROM pg_attribute AS a
  JOIN pg_proc AS p ON p.oid = format('hotstar.%I(jsonb)', fields)::regprocedure
  WHERE a.attrelid = format('hotstar.%I', documented)::regclass AND a.attnum > 0;
  EXECUTE format(
    $sql$
      CREATE OR REPLACE FUNCTION hotstar.%1$I(at timestamptz) RETURNS SETOF hotstar.%2$I
      LANGUAGE sql STABLE PARALLEL SAFE
      AS $body$
        SELECT %3$s
        FROM (%4$s) AS v
        JOIN hotstar.items AS i ON v.content_id = i.content_id AND i.kind = %5$L
        JOIN hotstar.%6$I AS w ON w.content_id = v.content_id
        CROSS JOIN LATERAL hotstar.%7$I(v.item) AS f
        CROSS JOIN LATERAL hotstar.deletion_as_of(%5$L, v.content_id, $1) AS d
        WHERE v.valid_from <= $1 AND (v.valid_to IS NULL OR v.valid_to > $1)
      $body$
    $sql$, as_of, documented, columns, contents, of_kind, wide, fields
  );

  EXECUTE format(
    'COMMENT ON FUNCTION hotstar.%I IS %L', as_of, format(
      'The rows of %s as they stood at a time: what the pages sent by then said, and the deletions decided by then. '
      'A page that was merged later counts from when it was sent. id is the present one, is_test follows the present rules, '
      'and columns counted from other tables are null.', documented
    )
  );
  EXECUTE format(
    'COMMENT ON FUNCTION hotstar.%I IS %L', fields,
    'Which field of an item becomes which column of ' || documented || ': read by merges, by the view and by its past'
  );
  EXECUTE format(
    'COMMENT ON VIEW hotstar.%I IS %L', versions,
    'Every version of every row of ' || documented || ': what changed, from when to when'
  );
  EXECUTE format('COMMENT ON COLUMN hotstar.%I.content_id IS %L', versions, 'Hotstar''s public id');
  EXECUTE format('COMMENT ON COLUMN hotstar.%I.valid_from IS %L', versions, 'When this content was first seen: the sending of the page');
  EXECUTE format('COMMENT ON COLUMN hotstar.%I.valid_to IS %L', versions, 'When other content was first seen after it; null for the newest');
  EXECUTE format('COMMENT ON COLUMN hotstar.%I.changed IS %L', versions, 'What differs from the version before: {field: {old, new}}; null for the first');
  EXECUTE format('COMMENT ON COLUMN hotstar.%I.item IS %L', versions, 'The item as it came');

  -- A column that films have too means the same; what was said of it is kept.
  FOR described IN
    SELECT a.attname, col_description(films.attrelid, films.attnum) AS says
    FROM pg_attribute AS a
    JOIN pg_attribute AS films ON films.attrelid = 'hotstar.hotstar_movies'::regclass AND films.attname = a.attname
    WHERE
      a.attrelid = format('hotstar.%I', documented)::regclass AND a.attnum > 0
      AND col_description(a.attrelid, a.attnum) IS NULL
  LOOP
    EXECUTE format('COMMENT ON COLUMN hotstar.%I.%I IS %L', documented, described.attname, described.says);
  END LOOP;
END
$procedure$;
COMMENT ON PROCEDURE hotstar.make_history IS 'Makes what follows from a kind''s wide table, view and fields: its versions, its past, descriptions shared with films. Who changes a view drops its _as_of first.';

CALL hotstar.make_history('movie', 'movies', 'hotstar_movies');
CALL hotstar.make_history('show', 'shows', 'hotstar_shows');
CALL hotstar.make_history('season', 'seasons', 'hotstar_seasons');
CALL hotstar.make_history('episode', 'episodes', 'hotstar_episodes');
CALL hotstar.make_history('match', 'sports', 'hotstar_sports');
CALL hotstar.make_history('channel', 'channels', 'hotstar_channels', 'name');

DO $$
DECLARE
  wide text;
BEGIN
  FOREACH wide IN ARRAY ARRAY['shows', 'seasons', 'episodes', 'sports', 'channels'] LOOP
    EXECUTE format('ALTER TABLE hotstar.%I SET (toast_tuple_target = 8160)', wide);  -- as for films
    BEGIN
      EXECUTE format('ALTER TABLE hotstar.%I ALTER COLUMN raw_response SET COMPRESSION lz4', wide);
    EXCEPTION WHEN feature_not_supported THEN
      NULL;  -- a server built without lz4 compresses with its default
    END;
  END LOOP;
END
$$;

-- Figures ---------------------------------------------------------------------------------------------------------

CREATE TABLE hotstar.daily_figures (
  day date NOT NULL,
  kind text NOT NULL,
  dimension text NOT NULL CHECK (dimension IN ('all', 'language', 'genre', 'premium')),
  value text NOT NULL,
  active bigint NOT NULL,
  added bigint NOT NULL,
  removed bigint NOT NULL,
  restored bigint NOT NULL,
  PRIMARY KEY (day, kind, dimension, value)
);
COMMENT ON TABLE hotstar.daily_figures IS 'How many items were on offer at the end of each day, and how many came and went in it. A day made again has the same rows, once every page sent in it is merged.';
COMMENT ON COLUMN hotstar.daily_figures.day IS 'A day in Asia/Kolkata';
COMMENT ON COLUMN hotstar.daily_figures.dimension IS 'all: one row, its value empty; language and genre: an item counts for each that it lists; premium: true or false';
COMMENT ON COLUMN hotstar.daily_figures.value IS 'The language, the genre, true or false, by the version that was valid at the end of the day; items without one are in no row';
COMMENT ON COLUMN hotstar.daily_figures.active IS 'Items not deleted at the end of the day';
COMMENT ON COLUMN hotstar.daily_figures.added IS 'Items first seen in the day that were not deleted at once';
COMMENT ON COLUMN hotstar.daily_figures.removed IS 'Times that an item was deleted in the day';
COMMENT ON COLUMN hotstar.daily_figures.restored IS 'Times that an item was restored in the day';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_hotstar') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA hotstar TO catalog_hotstar;
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA hotstar TO catalog_hotstar;
  END IF;
END
$$;
