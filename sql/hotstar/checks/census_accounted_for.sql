-- Ids of the newest complete census that are neither active, nor unpublished by their status, nor expired by their end date, nor rejected.
WITH census AS (
  SELECT l.listing_id
  FROM listings AS l
  WHERE l.kind = %(kind)s AND l.purpose = 'census' AND l.status = 'complete'
  ORDER BY l.started_at DESC
  LIMIT 1
), listed AS (
  SELECT DISTINCT s.content_id
  FROM census AS c
  JOIN pages AS p USING (listing_id)
  JOIN sightings AS s USING (page_id)
)
SELECT l.content_id AS offender
FROM listed AS l
LEFT JOIN items AS i ON i.kind = %(kind)s AND i.content_id = l.content_id
WHERE
  NOT EXISTS (SELECT FROM rejected_items AS r WHERE r.kind = %(kind)s AND r.content_id = l.content_id)
  AND (
    i.content_id IS NULL
    OR i.deletion_reason = 'unpublished' AND i.asset_status IS DISTINCT FROM 'UNPUBLISHED'
    OR i.deletion_reason = 'expired' AND (i.end_date_s <= 0 OR i.end_date_s > extract(epoch FROM ops.now()) OR i.end_date_s IS NULL)
  )
