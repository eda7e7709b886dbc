-- Removes regions that TMDB lists no more.
DELETE FROM streaming.regions AS r
WHERE
  EXISTS (SELECT FROM directory_regions)
  AND NOT EXISTS (SELECT FROM directory_regions AS d WHERE d.region = r.region)
