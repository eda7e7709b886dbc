-- Merges what sources say is coming after the merge's day by title and region: the earliest date, every service, TMDB's words first.
-- Watchmode's releases are those of the USA. A film that is out in a region by TMDB's first date there comes only to services.
INSERT INTO streaming.coming_soon (
  media_type, tmdb_id, region, release_date, season_number, episode_number, title, poster_path, backdrop_path, overview, services,
  sources, tmdb_fetched_at, watchmode_fetched_at
)
WITH said AS (
  SELECT DISTINCT ON (u.region, u.tmdb_id)
    'movie' AS media_type, u.tmdb_id, u.region, coalesce(r.release_date, u.release_date) AS release_date,
    NULL::integer AS season_number, NULL::integer AS episode_number, 'tmdb' AS source, u.sent_at AS fetched_at,
    u.title, u.poster_path, u.backdrop_path, u.overview, NULL::jsonb AS service
  FROM upcoming AS u
  LEFT JOIN regional_dates AS r USING (tmdb_id, region)
  ORDER BY u.region ASC, u.tmdb_id ASC, u.sent_at DESC, u.page ASC, u.place ASC
), next_episodes AS (
  SELECT
    t.media_type, t.tmdb_id, r.region, s.next_air_date AS release_date,
    (s.next_episode ->> 'season_number')::integer AS season_number, (s.next_episode ->> 'episode_number')::integer AS episode_number,
    'tmdb' AS source, c.confirmed_at AS fetched_at,
    d.title, d.poster_path, d.backdrop_path, d.overview, NULL::jsonb AS service
  FROM tmdb.tv_series AS s
  JOIN tmdb.titles AS t USING (work_id)
  JOIN tmdb.details AS d USING (work_id)
  JOIN tmdb.contents AS c USING (work_id)
  LEFT JOIN tmdb.refreshes AS f USING (work_id)
  CROSS JOIN unnest(%(regions)s::text[]) AS r (region)
  WHERE f.gone_at IS NULL
), seasons AS (
  SELECT
    t.media_type, t.tmdb_id, r.region, s.air_date AS release_date, s.season_number, NULL::integer AS episode_number,
    'tmdb' AS source, c.confirmed_at AS fetched_at, d.title, d.poster_path, d.backdrop_path, d.overview, NULL::jsonb AS service
  FROM tmdb.tv_seasons AS s
  JOIN tmdb.titles AS t USING (work_id)
  JOIN tmdb.details AS d USING (work_id)
  JOIN tmdb.contents AS c USING (work_id)
  LEFT JOIN tmdb.refreshes AS f USING (work_id)
  CROSS JOIN unnest(%(regions)s::text[]) AS r (region)
  WHERE f.gone_at IS NULL
), releases AS (
  -- Two of Watchmode's titles can be one of TMDB's.
  SELECT DISTINCT ON (w.media_type, w.tmdb_id, w.source_id, w.season_number, w.release_date)
    w.media_type, w.tmdb_id, 'US' AS region, w.release_date, w.season_number, NULL::integer AS episode_number,
    'watchmode' AS source, w.last_said_at AS fetched_at,
    coalesce(d.title, w.title) AS title, d.poster_path, d.backdrop_path, d.overview,
    jsonb_build_object(
      'source_id', w.source_id, 'name', w.source_name, 'release_date', w.release_date, 'season_number', w.season_number,
      'is_original', w.is_original
    ) AS service
  FROM streaming.release_dates AS w
  LEFT JOIN tmdb.titles AS t USING (media_type, tmdb_id)
  LEFT JOIN tmdb.details AS d ON t.work_id = d.work_id
  WHERE w.is_present AND w.tmdb_id IS NOT NULL AND 'US' = any(%(regions)s)
  ORDER BY w.media_type, w.tmdb_id, w.source_id, w.season_number, w.release_date, w.last_said_at, w.watchmode_id
), coming AS (
  SELECT * FROM said
  UNION ALL
  SELECT * FROM next_episodes
  UNION ALL
  SELECT * FROM seasons
  UNION ALL
  SELECT * FROM releases
)
SELECT
  media_type, tmdb_id, region,
  min(release_date),
  (array_agg(season_number ORDER BY release_date, source, season_number, episode_number))[1],
  (array_agg(episode_number ORDER BY release_date, source, season_number, episode_number))[1],
  (array_agg(title ORDER BY source, release_date, season_number) FILTER (WHERE title IS NOT NULL))[1],
  (array_agg(poster_path ORDER BY source, release_date, season_number) FILTER (WHERE poster_path IS NOT NULL))[1],
  (array_agg(backdrop_path ORDER BY source, release_date, season_number) FILTER (WHERE backdrop_path IS NOT NULL))[1],
  (array_agg(overview ORDER BY source, release_date, season_number) FILTER (WHERE overview IS NOT NULL))[1],
  coalesce(
    jsonb_agg(service ORDER BY release_date, season_number, service ->> 'name', (service ->> 'source_id')::bigint)
      FILTER (WHERE service IS NOT NULL),
    '[]'
  ),
  array_agg(DISTINCT source),
  min(fetched_at) FILTER (WHERE source = 'tmdb'),
  min(fetched_at) FILTER (WHERE source = 'watchmode')
FROM coming
WHERE release_date > (%(made_at)s::timestamptz AT TIME ZONE 'UTC')::date
GROUP BY media_type, tmdb_id, region
