-- Begins a merge of a kind, now, and logs it; the counts follow at its end.
INSERT INTO merges (kind, run_id, merged_at, approved_deletions)
VALUES (%(kind)s, %(run_id)s, ops.now(), %(approved_deletions)s)
RETURNING merge_id, merged_at
