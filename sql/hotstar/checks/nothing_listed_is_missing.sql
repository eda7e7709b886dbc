-- Items deleted as missing that the newest complete census, or a page since, lists.
WITH census AS (
  SELECT l.listing_id, l.started_at
  FROM listings AS l
  WHERE l.kind = %(kind)s AND l.purpose = 'census' AND l.status = 'complete'
  ORDER BY l.started_at DESC
  LIMIT 1
)
SELECT i.content_id AS offender
FROM census AS c
JOIN items AS i ON i.kind = %(kind)s AND i.deletion_reason = 'missing'
WHERE EXISTS (
  SELECT
  FROM sightings AS s
  WHERE s.kind = i.kind AND s.content_id = i.content_id AND s.sent_at >= c.started_at
)
