-- Begins the repetition of a logged merge, under its number and at its instant.
INSERT INTO merges (merge_id, kind, run_id, merged_at)
OVERRIDING SYSTEM VALUE
VALUES (%(logged_merge_id)s, %(kind)s, %(run_id)s, %(merged_at)s)
RETURNING merge_id, merged_at
