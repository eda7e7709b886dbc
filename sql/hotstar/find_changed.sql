-- The places on a page whose content is not the newest known one: only those are parsed and stored again.
SELECT s.position
FROM sightings AS s
LEFT JOIN items AS i USING (kind, content_id)
WHERE
  s.page_id = %(page_id)s
  AND s.item_hash IS NOT NULL
  AND s.item_hash IS DISTINCT FROM i.item_hash
