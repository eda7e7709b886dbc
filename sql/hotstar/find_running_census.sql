-- The newest census of a kind that was cut off less than a day after it began; it can be taken up.
SELECT listing_id, started_at
FROM listings
WHERE
  kind = %(kind)s
  AND purpose = 'census'
  AND status = 'running'
  AND started_at > ops.now() - interval '24 hours'
ORDER BY listing_id DESC
LIMIT 1
