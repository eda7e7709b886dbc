-- Notes that the file of ids is as it was when it was last loaded.
INSERT INTO streaming.id_map_loads (
  run_id, loaded_at, verified_at, body_sha256, rows, mapped, without_tmdb_id, rejected, conflicts
)
SELECT
  %(run_id)s, ops.now(), greatest(l.verified_at, %(verified_at)s), l.body_sha256, l.rows, l.mapped, l.without_tmdb_id, l.rejected, l.conflicts
FROM streaming.id_map_loads AS l
WHERE l.refused IS NULL
ORDER BY l.load_id DESC
LIMIT 1
