-- The newest load of Watchmode's file of ids that was not refused; no row where there is none, or where retention removed what it loaded.
SELECT l.body_sha256, l.mapped, l.verified_at
FROM streaming.id_map_loads AS l
WHERE l.refused IS NULL AND EXISTS (SELECT FROM streaming.id_mappings)
ORDER BY l.load_id DESC
LIMIT 1
