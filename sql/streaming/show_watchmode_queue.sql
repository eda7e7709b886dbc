-- The first of the queue, for people. Titles are TMDB's: Dagster keeps what it is shown, and Watchmode's may not be kept.
SELECT q.place, q.media_type, q.tmdb_id, w.title, round(q.priority::numeric, 1)::float AS priority, array_to_string(q.reasons, ', ') AS reasons
FROM streaming.watchmode_queue AS q
LEFT JOIN tmdb.works AS w USING (media_type, tmdb_id)
WHERE q.place <= 20
ORDER BY q.place
