-- The works of these ids.
SELECT t.work_id, t.tmdb_id
FROM tmdb.titles AS t
WHERE t.media_type = %(media_type)s AND t.tmdb_id = ANY(%(tmdb_ids)s)
ORDER BY t.work_id
