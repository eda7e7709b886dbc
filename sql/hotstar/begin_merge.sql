-- Begins a merge of a kind, now, and logs it; the counts follow at its end.
INSERT INTO merges (kind, run_id, merged_at)
VALUES (%(kind)s, %(run_id)s, ops.now())
RETURNING merge_id, merged_at
