-- Makes every work due whatever its age, those that are gone apart. Where an earlier such request was cut off, what is left of it is due
-- still, and nothing is added: it is taken up.
INSERT INTO tmdb.refreshes (work_id, forced_at, forced_by)
SELECT t.work_id, ops.now(), 'every'
FROM tmdb.titles AS t
LEFT JOIN tmdb.refreshes AS r USING (work_id)
WHERE
  r.gone_at IS NULL
  AND NOT EXISTS (
    SELECT
    FROM tmdb.refreshes AS o
    WHERE o.forced_by = 'every' AND o.forced_at > coalesce(o.asked_at, '-infinity') AND o.gone_at IS NULL AND o.attempts = 0
  )
ORDER BY t.work_id
ON CONFLICT (work_id) DO UPDATE SET forced_at = excluded.forced_at, forced_by = excluded.forced_by, not_before = NULL
