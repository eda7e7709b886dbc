-- Makes every work due whatever its age, those that are gone apart: what is left of them after a stop is still due.
INSERT INTO tmdb.refreshes (work_id, forced_at)
SELECT t.work_id, ops.now()
FROM tmdb.titles AS t
LEFT JOIN tmdb.refreshes AS r USING (work_id)
WHERE t.media_type = %(media_type)s AND r.gone_at IS NULL
ORDER BY t.work_id
ON CONFLICT (work_id) DO UPDATE SET forced_at = excluded.forced_at, not_before = NULL
