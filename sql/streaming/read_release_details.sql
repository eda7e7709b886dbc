-- The newest usable answer about each film on TMDB's lists that has its dates by country; a replay names those that were used.
SELECT DISTINCT ON (p.tmdb_id) p.page_id, p.tmdb_id, p.body
FROM tmdb.pages AS p
WHERE
  p.media_type = 'movie' AND p.endpoint = 'details' AND p.status = 200 AND p.problem IS NULL
  AND p.tmdb_id IN (SELECT u.tmdb_id FROM upcoming AS u)
  AND 'release_dates' = any(p.blocks)
  AND coalesce(p.page_id = any(%(details_page_ids)s::bigint[]), true)
ORDER BY p.tmdb_id ASC, p.sent_at DESC, p.page_id DESC
