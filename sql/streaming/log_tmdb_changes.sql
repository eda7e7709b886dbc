-- Logs arrivals and departures that works' new offers show; of a work that is new, the arrivals of what had left. Of a provider nothing came or
-- went that Watchmode had there when TMDB was asked, or has since: what its answer says counts for its time to live.
WITH told AS NOT MATERIALIZED (
  SELECT o.work_id, t.media_type, t.tmdb_id, o.seen_at, o.was, o.listing_ids
  FROM offered AS o
  JOIN tmdb.titles AS t USING (work_id)
  WHERE o.was IS DISTINCT FROM o.listing_ids
),

before AS (
  SELECT k.work_id, l.region, i.provider_id, l.offer_type
  FROM told AS k
  CROSS JOIN LATERAL unnest(k.was) AS listed (listing_id)
  JOIN streaming.listings AS l USING (listing_id)
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id
),

now AS (
  SELECT k.work_id, l.region, i.provider_id, l.offer_type
  FROM told AS k
  CROSS JOIN LATERAL unnest(k.listing_ids) AS listed (listing_id)
  JOIN streaming.listings AS l USING (listing_id)
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND l.source_id = i.source_id
  WHERE k.was IS NOT NULL
),

moved AS (
  SELECT work_id, region, provider_id, offer_type, CASE WHEN n.work_id IS NULL THEN 'left' ELSE 'arrived' END AS change
  FROM (SELECT DISTINCT now.* FROM now) AS n
  FULL JOIN (SELECT DISTINCT before.* FROM before) AS b USING (work_id, region, provider_id, offer_type)
  WHERE n.work_id IS NULL OR b.work_id IS NULL
  UNION
  -- From the changes on, which are few: the offers of new works may be millions.
  SELECT k.work_id, c.region, c.provider_id, c.offer_type, 'arrived'
  FROM told AS k
  JOIN streaming.availability_changes AS c USING (media_type, tmdb_id)
  JOIN streaming.provider_ids AS i ON i.source = 'tmdb' AND c.provider_id = i.provider_id
  JOIN streaming.listings AS l ON i.source_id = l.source_id AND c.region = l.region AND c.offer_type = l.offer_type
  WHERE k.was IS NULL AND c.change = 'left' AND l.listing_id = any(k.listing_ids)
),

judged AS (
  SELECT
    m.*, k.media_type, k.tmdb_id, k.seen_at,
    (
      SELECT c.change
      FROM streaming.availability_changes AS c
      WHERE
        c.media_type = k.media_type AND c.tmdb_id = k.tmdb_id AND c.region = m.region AND c.provider_id = m.provider_id
        AND c.offer_type = m.offer_type
      ORDER BY c.change_id DESC
      LIMIT 1
    ) AS newest
  FROM moved AS m
  JOIN told AS k USING (work_id)
)

INSERT INTO streaming.availability_changes (media_type, tmdb_id, region, provider_id, offer_type, change, seen_at, source)
SELECT j.media_type, j.tmdb_id, j.region, j.provider_id, j.offer_type, j.change, j.seen_at, 'tmdb'
FROM judged AS j
WHERE
  (j.change = 'arrived' AND j.newest = 'left')
  OR (
    (j.change = 'left' OR j.newest IS NULL)
    AND NOT EXISTS (
      SELECT FROM streaming.priced_offers AS w
      WHERE
        w.media_type = j.media_type AND w.tmdb_id = j.tmdb_id AND w.region = j.region AND w.provider_id = j.provider_id
        AND w.offer_type = j.offer_type
        AND w.fetched_at + coalesce(
          (SELECT r.ttl FROM streaming.ttls AS r WHERE r.rule = 'watchmode_availability'), interval '12 hours'
        ) > j.seen_at
    )
  )
ORDER BY j.work_id, j.region, j.provider_id, j.offer_type
RETURNING change
