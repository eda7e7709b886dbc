-- Forgets images whose objects are removed; those that are wanted still are as if never had.
WITH forgotten AS (
  DELETE FROM tmdb.images AS i WHERE i.name = ANY(%(names)s) AND i.wanted_url IS NULL
)
UPDATE tmdb.images AS i SET
  fetched_at = NULL, taken_from = NULL, etag = NULL, bytes = NULL, content_sha256 = NULL, content_type = NULL, stored_at = NULL
WHERE i.name = ANY(%(names)s) AND i.wanted_url IS NOT NULL
