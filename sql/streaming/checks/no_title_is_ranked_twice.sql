-- Titles that stand more than once in a snapshot of the last day.
SELECT s.media_type || ' ' || r.tmdb_id || ', ' || s.time_window || ', ' || s.source || ' of ' || s.hour || ': ' || count(*) || ' times' AS offender
FROM {schema}.trending_snapshots AS s
JOIN {schema}.trending_ranks AS r USING (snapshot_id)
WHERE s.made_at > ops.now() - interval '1 day'
GROUP BY s.snapshot_id, r.tmdb_id
HAVING count(*) > 1
ORDER BY s.hour DESC, s.snapshot_id ASC
