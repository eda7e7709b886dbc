-- Titles that were named, in their order: those that are due, or all where it is forced. Without an id of Watchmode's they cannot be asked for.
SELECT named.media_type, named.tmdb_id, m.watchmode_id
FROM unnest(%(media_types)s::text[], %(tmdb_ids)s::bigint[]) WITH ORDINALITY AS named (media_type, tmdb_id, place)
LEFT JOIN streaming.id_mappings AS m ON named.media_type = m.media_type AND named.tmdb_id = m.tmdb_id
LEFT JOIN streaming.watchmode_queue AS q ON m.media_type = q.media_type AND m.tmdb_id = q.tmdb_id
WHERE m.watchmode_id IS NULL OR %(force)s OR coalesce(q.is_due, true)
ORDER BY named.place
