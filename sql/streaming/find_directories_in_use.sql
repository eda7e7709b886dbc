-- Which directories, by endpoint, there are rows of. A number that only titles' offers name is of none: TMDB's has no page then, Watchmode's
-- that of an offer.
SELECT 'watch_regions' AS endpoint
WHERE EXISTS (SELECT FROM streaming.regions)
UNION
SELECT CASE listed.source WHEN 'tmdb' THEN 'watch_providers' ELSE 'sources' END
FROM (
  SELECT r.source
  FROM streaming.provider_regions AS r
  UNION
  SELECT i.source
  FROM streaming.provider_ids AS i
  WHERE
    i.page_id IS NOT NULL
    AND NOT EXISTS (SELECT FROM streaming.pages AS p WHERE p.page_id = i.page_id AND p.endpoint = 'title_sources')
) AS listed
