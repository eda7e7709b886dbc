-- Images that are due and did not fail since this run began, but for those of hosts that are down: first those that may not be kept much
-- longer.
SELECT d.name, d.wanted_url, d.source_url, d.taken_from, d.etag, d.content_sha256, d.now
FROM tmdb.due_images AS d
WHERE coalesce(d.failed_at < %(since)s, true) AND split_part(d.wanted_url, '/', 3) <> all(%(down)s::text[])
ORDER BY d.reason <> 'near the end of keeping', d.name
LIMIT %(most)s
