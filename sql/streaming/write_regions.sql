-- Writes the regions that TMDB has providers of.
INSERT INTO streaming.regions AS r (region, name, page_id)
SELECT d.region, d.name, d.page_id
FROM directory_regions AS d
ON CONFLICT (region) DO UPDATE SET name = excluded.name, page_id = excluded.page_id
WHERE (r.name, r.page_id) IS DISTINCT FROM (excluded.name, excluded.page_id)
