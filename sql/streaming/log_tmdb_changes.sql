-- Logs arrivals and departures that works' new offers show. Of a provider that Watchmode has there at the time nothing came or went.
WITH known AS (
  SELECT o.work_id, t.media_type, t.tmdb_id, o.seen_at, o.was, o.listing_ids
  FROM offered AS o
  JOIN tmdb.titles AS t USING (work_id)
  WHERE o.was <> o.listing_ids
),

before AS (
  SELECT k.work_id, l.region, i.provider_id, l.offer_type
  FROM known AS k
  CROSS JOIN LATERAL unnest(k.was) AS listed (listing_id)
  JOIN streaming.listings AS l USING (listing_id)
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id
),

now AS (
  SELECT k.work_id, l.region, i.provider_id, l.offer_type
  FROM known AS k
  CROSS JOIN LATERAL unnest(k.listing_ids) AS listed (listing_id)
  JOIN streaming.listings AS l USING (listing_id)
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id
),

moved AS (
  SELECT work_id, region, provider_id, offer_type, CASE WHEN n.work_id IS NULL THEN 'left' ELSE 'arrived' END AS change
  FROM (SELECT DISTINCT now.* FROM now) AS n
  FULL JOIN (SELECT DISTINCT before.* FROM before) AS b USING (work_id, region, provider_id, offer_type)
  WHERE n.work_id IS NULL OR b.work_id IS NULL
)

INSERT INTO streaming.availability_changes (media_type, tmdb_id, region, provider_id, offer_type, change, seen_at, source)
SELECT k.media_type, k.tmdb_id, m.region, m.provider_id, m.offer_type, m.change, k.seen_at, 'tmdb'
FROM moved AS m
JOIN known AS k USING (work_id)
WHERE NOT EXISTS (
  SELECT FROM streaming.priced_offers AS w
  WHERE
    w.media_type = k.media_type AND w.tmdb_id = k.tmdb_id AND w.region = m.region AND w.provider_id = m.provider_id
    AND w.offer_type = m.offer_type
)
ORDER BY k.work_id, m.region, m.provider_id, m.offer_type
RETURNING change
