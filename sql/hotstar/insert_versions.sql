-- Writes the superseded versions of the touched items.
INSERT INTO item_versions (kind, content_id, valid_from, valid_to, page_id, position, item_hash, item)
SELECT %(kind)s, r.content_id, r.valid_from, r.valid_to, r.page_id, r.position, r.item_hash, p.item
FROM runs AS r
LEFT JOIN payloads AS p USING (content_id, item_hash)
WHERE r.valid_to IS NOT NULL
