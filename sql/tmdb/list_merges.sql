-- The logged merges in the order in which they were made.
SELECT merge_id, merged_at FROM tmdb.merges ORDER BY merge_id
