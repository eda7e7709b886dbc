-- Begins a merge.
INSERT INTO tmdb.merges (run_id, merged_at) VALUES (%(run_id)s, ops.now()) RETURNING merge_id, merged_at
