-- The places on these pages whose content is not the newest known one: only those are parsed and stored again.
SELECT s.page_id, s.position
FROM sightings AS s
LEFT JOIN items AS i USING (kind, content_id)
WHERE
  s.page_id = ANY(%(page_ids)s)
  AND s.item_hash IS NOT NULL
  AND s.item_hash IS DISTINCT FROM i.item_hash
