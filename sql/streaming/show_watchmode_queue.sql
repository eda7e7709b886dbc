-- The first of the queue, for people.
SELECT q.place, q.media_type, q.tmdb_id, q.title, round(q.priority::numeric, 1)::float AS priority, array_to_string(q.reasons, ', ') AS reasons
FROM streaming.watchmode_queue AS q
WHERE q.place <= 20
ORDER BY q.place
