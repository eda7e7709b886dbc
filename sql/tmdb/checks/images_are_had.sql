-- Images that were wanted more than a day ago and are not had.
SELECT i.name || ': ' || coalesce(i.last_error, 'not asked for yet') AS offender
FROM tmdb.images AS i
WHERE i.wanted_url IS NOT NULL AND i.source_url IS DISTINCT FROM i.wanted_url AND i.wanted_at < tmdb.now() - interval '1 day'
ORDER BY i.wanted_at, i.name
