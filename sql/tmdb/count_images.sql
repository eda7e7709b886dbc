-- How many images the manifest knows, and how many are wanted, had from where they are wanted, and failing; the bytes that are stored.
SELECT
  count(*) AS known,
  count(*) FILTER (WHERE i.wanted_url IS NOT NULL) AS wanted,
  count(*) FILTER (WHERE i.wanted_url = i.source_url) AS had,
  count(*) FILTER (WHERE i.wanted_url IS NOT NULL AND i.attempts > 0) AS failing,
  coalesce(sum(i.bytes), 0)::bigint AS bytes
FROM tmdb.images AS i
