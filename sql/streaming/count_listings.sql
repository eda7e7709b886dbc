-- Counts the titles of every listing that works came to or went from.
INSERT INTO streaming.listings AS l (listing_id, region, offer_type, source_id, titles)
SELECT
  moved.listing_id,
  chr(65 + (moved.listing_id >> 21) / 26) || chr(65 + (moved.listing_id >> 21) % 26),
  ('{unknown,subscription,rent,buy,free,ads}'::text[])[((moved.listing_id >> 18) & 7) + 1],
  moved.listing_id & 262143,
  sum(moved.titles)
FROM (
  SELECT unnest(o.listing_ids) AS listing_id, 1 AS titles FROM offered AS o WHERE o.was IS DISTINCT FROM o.listing_ids
  UNION ALL
  SELECT unnest(o.was), -1 FROM offered AS o WHERE o.was IS DISTINCT FROM o.listing_ids
) AS moved
GROUP BY moved.listing_id
HAVING sum(moved.titles) <> 0
ON CONFLICT (listing_id) DO UPDATE SET titles = l.titles + excluded.titles
