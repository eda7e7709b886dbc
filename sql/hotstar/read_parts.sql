-- The parts of a listing in the order they were made, with the time of the first page of the reading that counts.
SELECT
  p.part_id, p.role, p.filters, p.reading, p.total, p.dropped, p.proven_at IS NOT NULL AS proven,
  first_page.sent_at AS first_sent_at,
  coalesce(first_page.sent_at < ops.now() - interval '6 hours', false) AS stale
FROM parts AS p
LEFT JOIN LATERAL (
  SELECT min(g.sent_at) AS sent_at
  FROM pages AS g
  WHERE g.part_id = p.part_id AND g.reading = p.reading AND g.readable
) AS first_page ON true
WHERE p.listing_id = %(listing_id)s
ORDER BY p.part_id
