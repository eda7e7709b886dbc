-- What has come and is still said to be coming: at the newest merge, or as it is shown now.
SELECT c.media_type || ' ' || c.tmdb_id || ' in ' || c.region || ' on ' || c.release_date AS offender
FROM streaming.coming_soon AS c
WHERE
  c.release_date <= (
    SELECT (m.made_at AT TIME ZONE 'UTC')::date FROM streaming.coming_soon_merges AS m ORDER BY m.merge_id DESC LIMIT 1
  )
UNION ALL
SELECT r.media_type || ' ' || r.tmdb_id || ' in ' || r.region || ' on ' || r.release_date || ' is shown'
FROM streaming.coming_soon_releases AS r
WHERE r.release_date <= (ops.now() AT TIME ZONE 'UTC')::date
