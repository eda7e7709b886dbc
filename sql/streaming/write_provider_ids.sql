-- Writes the numbers and names that directories list.
INSERT INTO streaming.provider_ids AS i (source, source_id, name, logo_url, display_priority, offer_types, page_id)
SELECT
  d.source, d.source_id, d.name, d.logo_url, d.display_priority,
  array(SELECT DISTINCT streaming.offer_type(w.word) FROM unnest(d.words) AS w (word) ORDER BY 1), d.page_id
FROM directory AS d
ON CONFLICT (source, source_id) DO UPDATE SET
  name = excluded.name, logo_url = excluded.logo_url, display_priority = excluded.display_priority,
  offer_types = excluded.offer_types, page_id = excluded.page_id
WHERE
  (i.name, i.logo_url, i.display_priority, i.offer_types, i.page_id)
  IS DISTINCT FROM (excluded.name, excluded.logo_url, excluded.display_priority, excluded.offer_types, excluded.page_id)
