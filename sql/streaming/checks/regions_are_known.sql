-- Regions of offers that are none: neither TMDB nor the list of currencies has them.
SELECT found.region AS offender
FROM (
  SELECT l.region FROM streaming.listings AS l
  UNION
  SELECT a.region FROM streaming.watchmode_answers AS a
) AS found
WHERE
  NOT EXISTS (SELECT FROM streaming.regions AS r WHERE r.region = found.region)
  AND NOT EXISTS (SELECT FROM streaming.currencies AS c WHERE c.region = found.region)
ORDER BY found.region
