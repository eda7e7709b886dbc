-- The first of the queue, for people. Titles are TMDB's: Dagster keeps what it is shown, and Watchmode's may not be kept.
SELECT
  q.place, q.media_type, q.tmdb_id, coalesce(w.title, t.title) AS title, round(q.priority::numeric, 1)::float AS priority,
  array_to_string(q.reasons, ', ') AS reasons
FROM streaming.watchmode_queue AS q
LEFT JOIN tmdb.works AS w USING (media_type, tmdb_id)
LEFT JOIN LATERAL (
  SELECT e.title
  FROM streaming.trending_entries AS e
  WHERE (e.media_type, e.tmdb_id) = (q.media_type, q.tmdb_id) AND e.source = 'tmdb'
  ORDER BY e.rank
  LIMIT 1
) AS t ON true
WHERE q.place <= 20
ORDER BY q.place
