-- Makes works due whatever their age.
INSERT INTO tmdb.refreshes (work_id, forced_at, forced_by)
SELECT w.work_id, ops.now(), 'ids' FROM unnest(%(work_ids)s::bigint[]) AS w (work_id) ORDER BY w.work_id
ON CONFLICT (work_id) DO UPDATE SET forced_at = excluded.forced_at, forced_by = excluded.forced_by, not_before = NULL
