-- Snapshots of the last day whose ranks are not 1, 2 … to their number, or which have none.
SELECT s.media_type || ', ' || s.time_window || ', ' || s.source || ' of ' || s.hour || ': ' || count(r.rank) || ' ranks up to ' || coalesce(max(r.rank), 0) AS offender
FROM {schema}.trending_snapshots AS s
LEFT JOIN {schema}.trending_ranks AS r USING (snapshot_id)
WHERE s.made_at > ops.now() - interval '1 day'
GROUP BY s.snapshot_id
HAVING count(r.rank) = 0 OR min(r.rank) <> 1 OR max(r.rank) <> count(DISTINCT r.rank)
ORDER BY s.hour DESC, s.snapshot_id ASC
