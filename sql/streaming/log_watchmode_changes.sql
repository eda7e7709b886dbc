-- Logs arrivals and departures that Watchmode's new answers show, where it was asked before. Of a provider that TMDB has there nothing came or went.
WITH before AS (
  SELECT b.media_type, b.tmdb_id, b.region, i.provider_id, streaming.offer_type(b.type) AS offer_type
  FROM offered_before AS b
  JOIN streaming.provider_ids AS i ON i.source = 'watchmode' AND b.source_id = i.source_id
),

now AS (
  SELECT w.media_type, w.tmdb_id, w.region, w.provider_id, w.offer_type
  FROM streaming.priced_offers AS w
  WHERE (w.media_type, w.tmdb_id, w.region) IN (SELECT k.media_type, k.tmdb_id, k.region FROM asked_before AS k)
),

moved AS (
  SELECT media_type, tmdb_id, region, provider_id, offer_type, CASE WHEN n.tmdb_id IS NULL THEN 'left' ELSE 'arrived' END AS change
  FROM (SELECT DISTINCT now.* FROM now) AS n
  FULL JOIN (SELECT DISTINCT before.* FROM before) AS b USING (media_type, tmdb_id, region, provider_id, offer_type)
  WHERE n.tmdb_id IS NULL OR b.tmdb_id IS NULL
)

INSERT INTO streaming.availability_changes (media_type, tmdb_id, region, provider_id, offer_type, change, seen_at, source)
SELECT m.media_type, m.tmdb_id, m.region, m.provider_id, m.offer_type, m.change, k.fetched_at, 'watchmode'
FROM moved AS m
JOIN asked_before AS k USING (media_type, tmdb_id, region)
WHERE NOT EXISTS (
  SELECT FROM streaming.listed_offers AS l
  WHERE
    l.media_type = m.media_type AND l.tmdb_id = m.tmdb_id AND l.region = m.region AND l.provider_id = m.provider_id
    AND l.offer_type = m.offer_type
)
ORDER BY m.media_type, m.tmdb_id, m.region, m.provider_id, m.offer_type
RETURNING change
