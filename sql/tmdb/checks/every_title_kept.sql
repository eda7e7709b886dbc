-- Titles that were fetched or given up, but are not kept: pages of details whose title nobody knows.
SELECT DISTINCT p.media_type || ' ' || p.tmdb_id AS offender
FROM tmdb.pages AS p
WHERE
  p.endpoint = 'details'
  AND NOT EXISTS (SELECT FROM tmdb.titles AS t WHERE t.media_type = p.media_type AND t.tmdb_id = p.tmdb_id)
