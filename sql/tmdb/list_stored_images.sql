-- What a folder of the store should hold, with sizes; and what the manifest knows of it at all.
SELECT i.name, CASE WHEN i.fetched_at IS NOT NULL THEN i.bytes END AS bytes
FROM tmdb.images AS i
WHERE starts_with(i.name, %(folder)s)
