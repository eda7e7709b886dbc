-- What is trending now, but rests on an answer past its time to live, or was not made this hour or the one before.
SELECT e.media_type || ', ' || e.time_window || ', ' || e.source || ': asked for at ' || min(e.fetched_at) AS offender
FROM {schema}.trending_entries AS e
WHERE e.is_stale
GROUP BY e.media_type, e.time_window, e.source
ORDER BY e.media_type, e.time_window, e.source
