-- Ids that a page held and neither the table nor rejected_items knows, and stored pages that no merge took.
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
JOIN pages AS g ON g.part_id = p.part_id AND g.reading = p.reading AND g.readable
JOIN page_merges AS taken USING (page_id)
LEFT JOIN LATERAL (
  SELECT s.content_id AS id FROM sightings AS s WHERE s.page_id = g.page_id
  UNION ALL
  SELECT 'unreadable ' || md5(r.body) FROM rejected_items AS r WHERE r.page_id = g.page_id AND r.content_id IS NULL
) AS kept ON true
WHERE
  l.kind = %(kind)s AND p.role = 'part' AND p.proven_at IS NOT NULL AND NOT p.dropped
  AND l.started_at > (
    SELECT coalesce(max(c.started_at), '-infinity') - interval '1 second'
    FROM listings AS c
    WHERE c.kind = %(kind)s AND c.purpose = 'census' AND c.status = 'complete'
  )
GROUP BY p.part_id, p.distinct_ids
HAVING count(DISTINCT kept.id) <> p.distinct_ids
