-- Ids that a merged page held and neither the table nor rejected_items knows, in all and part by part since the newest census, and pages
-- that merges passed over.
SELECT DISTINCT s.content_id AS offender
FROM sightings AS s
WHERE
  s.kind = %(kind)s
  AND NOT EXISTS (SELECT FROM items AS i WHERE i.kind = s.kind AND i.content_id = s.content_id)
  AND NOT EXISTS (SELECT FROM rejected_items AS r WHERE r.kind = s.kind AND r.content_id = s.content_id)
UNION ALL
SELECT 'part ' || p.part_id || ' read ' || p.distinct_ids || ' ids, the tables keep ' || count(DISTINCT kept.id)
FROM parts AS p
JOIN listings AS l USING (listing_id)
JOIN pages AS g ON p.part_id = g.part_id AND p.reading = g.reading AND g.readable
LEFT JOIN LATERAL (
  SELECT s.content_id AS id FROM sightings AS s WHERE s.page_id = g.page_id
  UNION ALL
  SELECT 'unreadable ' || md5(r.body) FROM rejected_items AS r WHERE r.page_id = g.page_id AND r.content_id IS NULL
) AS kept ON true
WHERE
  l.kind = %(kind)s AND p.role = 'part' AND p.proven_at IS NOT NULL AND NOT p.dropped
  AND l.started_at >= (SELECT max(c.listing_began_at) FROM merged_censuses AS c WHERE c.kind = l.kind)
  AND NOT EXISTS (
    SELECT
    FROM pages AS waiting
    WHERE waiting.part_id = p.part_id AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = waiting.page_id)
  )
GROUP BY p.part_id, p.distinct_ids
HAVING count(DISTINCT kept.id) <> p.distinct_ids
UNION ALL
SELECT 'page ' || g.page_id || ' is in no merge'
FROM pages AS g
WHERE
  g.kind = %(kind)s
  AND g.received_at < (SELECT max(m.merged_at) - interval '1 hour' FROM merges AS m WHERE m.kind = %(kind)s)
  AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = g.page_id)
