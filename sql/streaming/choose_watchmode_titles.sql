-- The titles that get the next units, the first place first; where it is forced, those that are not due come after all that are.
SELECT q.media_type, q.tmdb_id, q.watchmode_id
FROM streaming.watchmode_queue AS q
WHERE q.is_due OR (%(force)s AND q.gone_at IS NULL AND q.attempts = 0)
ORDER BY q.place ASC NULLS LAST, q.priority DESC, q.media_type ASC, q.tmdb_id ASC
LIMIT %(most)s
