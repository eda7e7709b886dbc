-- Stores who was seen on pages whose bodies retention removed, in a replay: with the content that the item had shown before, for nothing
-- began on them. So the readings of the pages that are left decide, also where other code reads them than did at first.
INSERT INTO sightings (page_id, position, kind, content_id, sent_at, item_hash)
SELECT s.page_id, s.position, s.kind, s.content_id, s.sent_at, before.item_hash
FROM hotstar.sightings AS s
LEFT JOIN LATERAL (
  SELECT b.item_hash
  FROM sightings AS b
  WHERE
    b.kind = s.kind AND b.content_id = s.content_id AND b.item_hash IS NOT NULL
    AND (b.sent_at, b.page_id, b.position) < (s.sent_at, s.page_id, s.position)
  ORDER BY b.sent_at DESC, b.page_id DESC, b.position DESC
  LIMIT 1
) AS before ON true
WHERE s.page_id = ANY(%(bodiless)s)
