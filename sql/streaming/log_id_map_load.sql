-- Notes a load of Watchmode's file of ids.
INSERT INTO streaming.id_map_loads (
  run_id, loaded_at, verified_at, body_sha256, rows, mapped, inserted, updated, deleted, without_tmdb_id, rejected, conflicts
)
VALUES (
  %(run_id)s, ops.now(), %(verified_at)s, %(body_sha256)s, %(rows)s, %(mapped)s, %(inserted)s, %(updated)s, %(deleted)s,
  %(without_tmdb_id)s, %(rejected)s, %(conflicts)s
)
