-- Removes regions where a provider is to be had no more.
DELETE FROM streaming.provider_regions AS r
WHERE
  r.source IN (SELECT d.source FROM directory AS d)
  AND NOT EXISTS (SELECT FROM directory AS d WHERE d.source = r.source AND d.source_id = r.source_id AND r.region = ANY(d.regions))
