-- Makes works due whatever their age.
INSERT INTO tmdb.refreshes (work_id, forced_at)
SELECT w.work_id, ops.now() FROM unnest(%(work_ids)s::bigint[]) AS w (work_id) ORDER BY w.work_id
ON CONFLICT (work_id) DO UPDATE SET forced_at = excluded.forced_at, not_before = NULL
