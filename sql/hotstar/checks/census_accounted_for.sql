-- Ids of the newest complete census that are neither active, nor unpublished by their status, nor expired by their end date, nor rejected.
WITH listed AS (
  SELECT DISTINCT s.content_id
  FROM merged_censuses AS c
  JOIN pages USING (listing_id)
  JOIN sightings AS s USING (page_id)
  WHERE c.kind = %(kind)s AND c.place = 1
)
SELECT l.content_id AS offender
FROM listed AS l
LEFT JOIN items AS i ON l.content_id = i.content_id AND i.kind = %(kind)s
WHERE
  NOT EXISTS (SELECT FROM rejected_items AS r WHERE r.kind = %(kind)s AND r.content_id = l.content_id)
  AND (
    i.content_id IS NULL
    OR i.deletion_reason = 'unpublished' AND i.asset_status IS DISTINCT FROM 'UNPUBLISHED'
    OR i.deletion_reason = 'expired' AND (i.end_date_s <= 0 OR i.end_date_s > extract(EPOCH FROM ops.now()) OR i.end_date_s IS NULL)
  )
