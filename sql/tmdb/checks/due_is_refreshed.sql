-- Titles that should have been fetched more than a day ago: capacity does not keep up, or they fail again and again.
SELECT s.media_type || ' ' || s.tmdb_id || ' ' || coalesce(s.title, '') || ': ' || array_to_string(s.reasons, ', ') AS offender
FROM tmdb.staleness AS s
WHERE s.is_stale AND s.stale_since < s.now - interval '1 day'
ORDER BY s.stale_since, s.work_id
