-- Images that are due and did not fail since this run began, those first that nothing is had of.
SELECT d.name, d.wanted_url, d.source_url, d.taken_from, d.etag, d.content_sha256, d.now
FROM tmdb.due_images AS d
WHERE coalesce(d.failed_at < %(since)s, true)
ORDER BY d.source_url IS NOT NULL, d.name
LIMIT %(most)s
