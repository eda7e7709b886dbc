-- Removes mappings that the file has no more.
DELETE FROM streaming.id_mappings AS m
WHERE NOT EXISTS (SELECT FROM staged_mappings AS s WHERE s.media_type = m.media_type AND s.tmdb_id = m.tmdb_id)
