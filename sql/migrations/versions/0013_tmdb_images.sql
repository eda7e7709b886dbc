-- TMDB's images in an object store: which are wanted, what is known of each, and addresses in place of TMDB's own.

CREATE TABLE tmdb.images (
  name text PRIMARY KEY,
  wanted_url text,
  wanted_at timestamptz NOT NULL,
  source_url text,
  url text,
  fetched_at timestamptz,
  taken_from text,
  etag text,
  content_type text,
  bytes integer,
  content_sha256 bytea,
  stored_at timestamptz,
  attempts integer NOT NULL DEFAULT 0,
  failed_at timestamptz,
  last_error text,
  not_before timestamptz,
  cards_due boolean NOT NULL DEFAULT false,
  CHECK ((source_url IS NULL) = (url IS NULL)),
  CHECK (source_url IS NULL OR (fetched_at IS NOT NULL AND content_sha256 IS NOT NULL AND bytes IS NOT NULL AND stored_at IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX images_with_cards_due ON tmdb.images (name) WHERE cards_due;
COMMENT ON TABLE tmdb.images IS 'The manifest of the image store: every object in it has a row, made before the object and removed after it';
COMMENT ON COLUMN tmdb.images.name IS 'Of the object, from the store''s root on; its ending says jpg whatever it holds';
COMMENT ON COLUMN tmdb.images.wanted_url IS 'Where TMDB or YouTube has it, as the works name it; null: no work names it any more, so that it is removed';
COMMENT ON COLUMN tmdb.images.wanted_at IS 'Since when it is wanted from there';
COMMENT ON COLUMN tmdb.images.source_url IS 'The wanted_url that the stored object answers to; null: there is no object to show';
COMMENT ON COLUMN tmdb.images.url IS 'The object''s own address: IMAGES_PUBLIC_URL and its name';
COMMENT ON COLUMN tmdb.images.fetched_at IS 'When the object was last asked for with success, also if it was as before: nothing of TMDB may be kept for more than six months';
COMMENT ON COLUMN tmdb.images.taken_from IS 'The address that answered; of a video''s picture it can be the smaller one';
COMMENT ON COLUMN tmdb.images.etag IS 'Of that answer';
COMMENT ON COLUMN tmdb.images.content_type IS 'image/jpeg, image/png or image/webp, by its first bytes';
COMMENT ON COLUMN tmdb.images.bytes IS 'Size of the object';
COMMENT ON COLUMN tmdb.images.content_sha256 IS 'SHA-256 of the object: the same again is not written again';
COMMENT ON COLUMN tmdb.images.stored_at IS 'When the object was last written';
COMMENT ON COLUMN tmdb.images.attempts IS 'Failures since the newest success';
COMMENT ON COLUMN tmdb.images.not_before IS 'After a failure: when it may be tried again';
COMMENT ON COLUMN tmdb.images.cards_due IS 'Its address came or went, and the cards that show it are not written yet';

CREATE FUNCTION tmdb.image_name(media_type text, folder text, number bigint, ending text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT CASE WHEN media_type = 'tv' THEN 'tv/' ELSE '' END || folder || '/' || number::text || ending || '.jpg' $$;
COMMENT ON FUNCTION tmdb.image_name IS 'What an image is called in the store: films and series share numbers, so those of series stand under tv/';

CREATE VIEW tmdb.work_images AS
SELECT d.work_id, named.name, named.source_url, c.fetched_at
FROM tmdb.details AS d
JOIN tmdb.titles AS t USING (work_id)
JOIN tmdb.contents AS c USING (work_id)
CROSS JOIN LATERAL (
  SELECT tmdb.image_name(t.media_type, 'posters', t.tmdb_id, '_medium') AS name, d.poster_url_medium AS source_url
  UNION ALL
  SELECT tmdb.image_name(t.media_type, 'posters', t.tmdb_id, '_large'), d.poster_url_large
  UNION ALL
  SELECT tmdb.image_name(t.media_type, 'backdrops', t.tmdb_id, ''), d.backdrop_url
  UNION ALL
  SELECT tmdb.image_name(t.media_type, 'trailers', t.tmdb_id, '_thumb'), d.trailer_thumbnail
  UNION ALL
  SELECT tmdb.image_name(t.media_type, 'trailers', t.tmdb_id, '_' || (video.place - 1)::text), video.trailer ->> 'thumbnail'
  FROM jsonb_array_elements(d.trailers) WITH ORDINALITY AS video (trailer, place)
  UNION ALL
  SELECT tmdb.image_name(t.media_type, 'stills', t.tmdb_id, '_' || (still.place - 1)::text), still.still_url
  FROM unnest(d.still_images) WITH ORDINALITY AS still (still_url, place)
  UNION ALL
  SELECT tmdb.image_name('person', 'cast', (played.member ->> 'person_id')::bigint, ''), played.member ->> 'photo_url_medium'
  FROM jsonb_array_elements(d.cast_members) WITH ORDINALITY AS played (member, place)
  WHERE played.place <= 10
) AS named
WHERE named.source_url IS NOT NULL;
COMMENT ON VIEW tmdb.work_images IS 'The images that each work names: posters, backdrop, stills, pictures of its videos, faces of the first ten of its cast';
COMMENT ON COLUMN tmdb.work_images.fetched_at IS 'When the work''s page was asked for';

CREATE VIEW tmdb.wanted_images AS
SELECT DISTINCT ON (name) name, source_url, work_id
FROM tmdb.work_images
ORDER BY name ASC, fetched_at DESC, work_id DESC;
COMMENT ON VIEW tmdb.wanted_images IS 'What the image store should hold. A face that works name differently is taken as the work asked for last has it';

CREATE VIEW tmdb.due_images AS
SELECT
  i.name, i.wanted_url, i.source_url, i.taken_from, i.etag, i.content_sha256, i.failed_at, (SELECT tmdb.now()) AS now,
  CASE WHEN i.source_url IS NULL THEN 'not had' WHEN i.source_url <> i.wanted_url THEN 'another picture' ELSE 'near the end of keeping' END AS reason
FROM tmdb.images AS i
WHERE
  i.wanted_url IS NOT NULL
  AND (i.source_url IS DISTINCT FROM i.wanted_url OR i.fetched_at <= (SELECT tmdb.now()) - interval '150 days')
  AND coalesce(i.not_before <= (SELECT tmdb.now()), true);
COMMENT ON VIEW tmdb.due_images IS 'Images to be fetched: not had, had from elsewhere than wanted, or last asked for 150 days ago; not while they wait after a failure';

CREATE VIEW tmdb.shown_images AS
SELECT
  d.work_id,
  -- Looked up one by one: a join would read the whole manifest for a few works.
  coalesce((
    SELECT i.url FROM tmdb.images AS i
    WHERE i.name = tmdb.image_name(t.media_type, 'posters', t.tmdb_id, '_medium') AND i.source_url = d.poster_url_medium
  ), d.poster_url_medium) AS poster_url_medium,
  coalesce((
    SELECT i.url FROM tmdb.images AS i
    WHERE i.name = tmdb.image_name(t.media_type, 'posters', t.tmdb_id, '_large') AND i.source_url = d.poster_url_large
  ), d.poster_url_large) AS poster_url_large,
  coalesce((
    SELECT i.url FROM tmdb.images AS i
    WHERE i.name = tmdb.image_name(t.media_type, 'backdrops', t.tmdb_id, '') AND i.source_url = d.backdrop_url
  ), d.backdrop_url) AS backdrop_url,
  coalesce((
    SELECT i.url FROM tmdb.images AS i
    WHERE i.name = tmdb.image_name(t.media_type, 'trailers', t.tmdb_id, '_thumb') AND i.source_url = d.trailer_thumbnail
  ), d.trailer_thumbnail) AS trailer_thumbnail,
  CASE WHEN (SELECT min(any_one.name) FROM tmdb.images AS any_one) IS NOT NULL THEN coalesce((
    SELECT array_agg(coalesce(i.url, still.still_url) ORDER BY still.place)
    FROM unnest(d.still_images) WITH ORDINALITY AS still (still_url, place)
    LEFT JOIN tmdb.images AS i
      ON i.name = tmdb.image_name(t.media_type, 'stills', t.tmdb_id, '_' || (still.place - 1)::text) AND still.still_url = i.source_url
  ), '{}') ELSE d.still_images END AS still_images,
  CASE WHEN (SELECT min(any_one.name) FROM tmdb.images AS any_one) IS NOT NULL THEN coalesce((
    SELECT
      jsonb_agg(
        CASE WHEN i.url IS NULL THEN video.trailer ELSE jsonb_set(video.trailer, '{thumbnail}', to_jsonb(i.url)) END ORDER BY video.place
      )
    FROM jsonb_array_elements(d.trailers) WITH ORDINALITY AS video (trailer, place)
    LEFT JOIN tmdb.images AS i
      ON
        i.name = tmdb.image_name(t.media_type, 'trailers', t.tmdb_id, '_' || (video.place - 1)::text)
        AND i.source_url = video.trailer ->> 'thumbnail'
  ), '[]') ELSE d.trailers END AS trailers,
  CASE WHEN (SELECT min(any_one.name) FROM tmdb.images AS any_one) IS NOT NULL THEN coalesce((
    SELECT
      jsonb_agg(
        CASE WHEN i.url IS NULL THEN played.member ELSE jsonb_set(played.member, '{photo_url_medium}', to_jsonb(i.url)) END
        ORDER BY played.place
      )
    FROM jsonb_array_elements(d.cast_members) WITH ORDINALITY AS played (member, place)
    -- A face is the same person's wherever it was taken from.
    LEFT JOIN tmdb.images AS i
      ON
        i.name = tmdb.image_name('person', 'cast', (played.member ->> 'person_id')::bigint, '')
        AND played.place <= 10 AND played.member ->> 'photo_url_medium' IS NOT NULL
  ), '[]') ELSE d.cast_members END AS cast_members
FROM tmdb.details AS d
JOIN tmdb.titles AS t USING (work_id);
COMMENT ON VIEW tmdb.shown_images IS 'The addresses of each work''s images as it is shown: our own where the image is had, else TMDB''s or YouTube''s';

CREATE OR REPLACE VIEW tmdb.works_meta AS
SELECT
  d.work_id, d.runtime_minutes, d.runtime_display, d.tagline, d.overview, d.overview_short, d.genres, d.genre_ids, d.subgenres, d.moods,
  d.themes, d.certification, d.certifications, d.poster_path, d.backdrop_path, d.poster_url_small, h.poster_url_medium,
  h.poster_url_large, d.poster_url_original, h.backdrop_url, d.backdrop_url_mobile, h.cast_members, d.crew_members, d.directors,
  h.trailers, d.trailer_youtube_id, h.trailer_thumbnail, h.still_images, d.streaming, d.production_companies, d.production_countries,
  d.keywords, d.spoken_languages, d.original_language, d.origin_country, d.collection, d.budget, d.revenue_worldwide, d.homepage,
  d.status, d.popularity, d.adult, d.alternative_titles, d.translations, d.external_ids, d.technical, d.awards,
  c.schema_version, c.fetched_at, c.changed_at AS updated_at
FROM tmdb.details AS d
JOIN tmdb.contents AS c USING (work_id)
JOIN tmdb.shown_images AS h USING (work_id);
COMMENT ON COLUMN tmdb.works_meta.poster_url_medium IS '342 pixels wide; our own address where the image is had, else TMDB''s';
COMMENT ON COLUMN tmdb.works_meta.poster_url_large IS '500 pixels wide; likewise';
COMMENT ON COLUMN tmdb.works_meta.backdrop_url IS '780 pixels wide; likewise';
COMMENT ON COLUMN tmdb.works_meta.still_images IS 'Up to 5 backdrops, those without text first; likewise';
COMMENT ON COLUMN tmdb.works_meta.trailer_thumbnail IS 'Its picture: our own address where it is had, else YouTube''s';

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'catalog_tmdb') THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON tmdb.images, tmdb.work_images, tmdb.wanted_images, tmdb.due_images, tmdb.shown_images TO catalog_tmdb;
  END IF;
END
$$;
