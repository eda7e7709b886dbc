-- What the newest ended census or round lacks of its proof: parts that are not proven, totals that do not add up, or the reason it gives itself.
WITH census AS (
  SELECT l.*
  FROM listings AS l
  WHERE l.kind = %(kind)s AND l.purpose <> 'update' AND l.status <> 'running'
  ORDER BY l.started_at DESC
  LIMIT 1
)
SELECT 'part ' || p.filters::text || ' is not proven' AS offender
FROM census
JOIN parts AS p USING (listing_id)
WHERE p.role IN ('part', 'window') AND NOT p.dropped AND p.proven_at IS NULL
UNION ALL
SELECT coalesce(c.problem, 'the census is not complete')
FROM census AS c
WHERE c.status <> 'complete'
UNION ALL
SELECT 'the service counts ' || c.total || ' items, the parts hold ' || added.items
FROM census AS c
CROSS JOIN LATERAL (
  SELECT coalesce(sum(p.total), 0) + coalesce(c.found_apart, 0) - coalesce(c.moved, 0) AS items
  FROM parts AS p
  WHERE p.listing_id = c.listing_id AND p.role = 'part' AND NOT p.dropped
) AS added
WHERE c.status = 'complete' AND added.items <> c.total
