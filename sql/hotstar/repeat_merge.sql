-- Begins the repetition of a logged merge, under its number and at its instant.
INSERT INTO merges (merge_id, kind, run_id, merged_at, approved_deletions)
OVERRIDING SYSTEM VALUE
VALUES (%(logged_merge_id)s, %(kind)s, %(run_id)s, %(merged_at)s, %(approved_deletions)s)
RETURNING merge_id, merged_at
