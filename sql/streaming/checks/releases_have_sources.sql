-- Rows that name no source, or one that does not say so; that name services which Watchmode does not announce now; or of a region that the
-- newest merge was not made for.
WITH newest AS (
  SELECT m.regions FROM streaming.coming_soon_merges AS m ORDER BY m.merge_id DESC LIMIT 1
)
SELECT c.media_type || ' ' || c.tmdb_id || ' in ' || c.region || ': ' || c.problem AS offender
FROM (
  SELECT
    c.media_type, c.tmdb_id, c.region,
    CASE
      WHEN cardinality(c.sources) = 0 OR NOT c.sources <@ '{tmdb,watchmode}' THEN 'no known source'
      WHEN ('tmdb' = any(c.sources)) <> (c.tmdb_fetched_at IS NOT NULL) THEN 'TMDB says otherwise'
      WHEN ('watchmode' = any(c.sources)) <> (c.watchmode_fetched_at IS NOT NULL) THEN 'Watchmode says otherwise'
      WHEN ('watchmode' = any(c.sources)) <> (c.services <> '[]') THEN 'a source without a service, or the other way round'
      WHEN EXISTS (
        SELECT FROM jsonb_array_elements(c.services) AS s
        WHERE NOT EXISTS (
          SELECT FROM streaming.release_dates AS r
          WHERE
            r.media_type = c.media_type AND r.tmdb_id = c.tmdb_id AND r.is_present AND r.source_id = (s.value ->> 'source_id')::bigint
            AND r.season_number IS NOT DISTINCT FROM (s.value ->> 'season_number')::integer
            AND r.release_date = (s.value ->> 'release_date')::date
        )
      ) THEN 'a service that is not announced now'
      WHEN c.region <> all(newest.regions) THEN 'a region that was not asked for'
    END AS problem
  FROM streaming.coming_soon AS c
  CROSS JOIN newest
) AS c
WHERE c.problem IS NOT NULL
