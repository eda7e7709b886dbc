-- Stores who was seen on these pages, with which content.
INSERT INTO sightings (page_id, position, kind, content_id, sent_at, item_hash)
SELECT s.page_id, s.position, %(kind)s, s.content_id, p.sent_at, s.item_hash
FROM staged_items AS s
JOIN pages AS p USING (page_id)
WHERE s.page_id = ANY(%(page_ids)s) AND s.content_id IS NOT NULL
