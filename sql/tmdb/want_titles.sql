-- Begins to keep titles; those that are kept already stay as they are.
INSERT INTO tmdb.titles (media_type, tmdb_id, wanted_by, wanted_at)
SELECT %(media_type)s, w.tmdb_id, %(wanted_by)s, ops.now()
FROM unnest(%(tmdb_ids)s::bigint[]) WITH ORDINALITY AS w (tmdb_id, place)
ORDER BY w.place
ON CONFLICT (media_type, tmdb_id) DO NOTHING
