-- Reads how far the newest listing of a kind is: the service's total, the pages kept, its status. One that ended before the time
-- given, if one is, does not count. Changes nothing.
SELECT
  l.listing_id,
  l.status,
  l.total,
  (SELECT count(*) FROM hotstar.pages AS g WHERE g.listing_id = l.listing_id) AS pages
FROM hotstar.listings AS l
WHERE
  l.kind = %(kind)s
  AND l.purpose = any(%(purposes)s)
  AND (l.completed_at IS NULL OR l.completed_at >= coalesce(%(since)s::timestamptz, '-infinity'))
ORDER BY l.started_at DESC, l.listing_id DESC
LIMIT 1
