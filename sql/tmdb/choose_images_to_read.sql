-- Stored images to be read whole today: others each day, the same throughout a day.
SELECT i.name, encode(i.content_sha256, 'hex') AS content_sha256
FROM tmdb.images AS i
WHERE i.source_url IS NOT NULL
ORDER BY md5(i.name || (tmdb.now() AT TIME ZONE 'UTC')::date::text)
LIMIT %(most)s
