-- Stores the items on these pages that cannot stand in the tables.
INSERT INTO rejected_items (page_id, position, kind, content_id, reason, body, merge_id)
SELECT s.page_id, s.position, %(kind)s, s.content_id, s.reason, s.body, %(merge_id)s
FROM staged_items AS s
WHERE s.page_id = ANY(%(page_ids)s) AND s.reason IS NOT NULL
