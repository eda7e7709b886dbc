-- Writes what providers are called and their logos: as kept by hand, else as TMDB's smallest number has it, else as Watchmode's.
UPDATE streaming.providers AS p
SET name = told.name, logo_url = told.logo_url
FROM (
  SELECT
    i.provider_id,
    (array_agg(coalesce(a.name, i.name) ORDER BY a.name IS NULL, i.source, i.source_id))[1] AS name,
    (array_agg(i.logo_url ORDER BY i.source, i.source_id) FILTER (WHERE i.logo_url IS NOT NULL))[1] AS logo_url
  FROM streaming.provider_ids AS i
  LEFT JOIN streaming.provider_aliases AS a USING (source, source_id)
  GROUP BY i.provider_id
) AS told
WHERE p.provider_id = told.provider_id AND (p.name, p.logo_url) IS DISTINCT FROM (told.name, told.logo_url)
