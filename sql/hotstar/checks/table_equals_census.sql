-- Where the rows not deleted as missing differ from the newest complete census: neither listed by it nor seen from an hour before it on.
-- Withheld deletions have a check of their own.
WITH census AS (
  SELECT l.listing_id, l.started_at
  FROM listings AS l
  WHERE l.kind = %(kind)s AND l.purpose = 'census' AND l.status = 'complete'
  ORDER BY l.started_at DESC
  LIMIT 1
)
SELECT i.content_id AS offender
FROM census AS c
JOIN items AS i ON i.kind = %(kind)s AND i.deletion_reason IS DISTINCT FROM 'missing'
WHERE
  NOT EXISTS (
    SELECT
    FROM sightings AS s
    WHERE s.kind = i.kind AND s.content_id = i.content_id AND s.sent_at > c.started_at - interval '1 hour'
  )
  AND NOT EXISTS (SELECT FROM withheld_deletions AS w WHERE w.kind = i.kind AND w.content_id = i.content_id)
