-- The logged merges of a kind in the order in which they were made, for a replay.
SELECT merge_id, run_id, merged_at, census_id
FROM hotstar.merges
WHERE kind = %(kind)s
ORDER BY merge_id
