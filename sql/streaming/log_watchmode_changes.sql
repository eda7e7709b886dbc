-- Logs arrivals and departures that Watchmode's new answers show: against the one before, without what had left since; where there was none,
-- the arrivals of what had left. Of a provider that TMDB has there nothing came or went.
WITH before AS (
  SELECT DISTINCT b.media_type, b.tmdb_id, b.region, i.provider_id, streaming.offer_type(b.type) AS offer_type
  FROM offered_before AS b
  JOIN asked_before AS k USING (media_type, tmdb_id, region)
  JOIN streaming.provider_ids AS i ON i.source = 'watchmode' AND b.source_id = i.source_id
  WHERE NOT EXISTS (
    SELECT FROM streaming.availability_changes AS g
    WHERE
      g.media_type = b.media_type AND g.tmdb_id = b.tmdb_id AND g.region = b.region AND g.provider_id = i.provider_id
      AND g.offer_type = streaming.offer_type(b.type) AND g.change = 'left' AND g.seen_at > k.fetched_at
  )
),

now AS (
  SELECT DISTINCT w.media_type, w.tmdb_id, w.region, w.provider_id, w.offer_type
  FROM streaming.priced_offers AS w
  WHERE (w.media_type, w.tmdb_id, w.region) IN (SELECT t.media_type, t.tmdb_id, t.region FROM told_answers AS t)
),

moved AS (
  SELECT media_type, tmdb_id, region, provider_id, offer_type, CASE WHEN n.tmdb_id IS NULL THEN 'left' ELSE 'arrived' END AS change
  FROM (SELECT now.* FROM now) AS n
  FULL JOIN (SELECT before.* FROM before) AS b USING (media_type, tmdb_id, region, provider_id, offer_type)
  WHERE n.tmdb_id IS NULL OR b.tmdb_id IS NULL
),

judged AS (
  SELECT
    m.*, t.fetched_at, k.tmdb_id IS NOT NULL AS is_asked_before,
    (
      SELECT c.change
      FROM streaming.availability_changes AS c
      WHERE
        c.media_type = m.media_type AND c.tmdb_id = m.tmdb_id AND c.region = m.region AND c.provider_id = m.provider_id
        AND c.offer_type = m.offer_type
      ORDER BY c.change_id DESC
      LIMIT 1
    ) AS newest
  FROM moved AS m
  JOIN told_answers AS t USING (media_type, tmdb_id, region)
  LEFT JOIN asked_before AS k USING (media_type, tmdb_id, region)
)

INSERT INTO streaming.availability_changes (media_type, tmdb_id, region, provider_id, offer_type, change, seen_at, source)
SELECT j.media_type, j.tmdb_id, j.region, j.provider_id, j.offer_type, j.change, j.fetched_at, 'watchmode'
FROM judged AS j
WHERE
  (j.change = 'arrived' AND j.newest = 'left')
  OR (
    (j.change = 'left' OR (j.newest IS NULL AND j.is_asked_before))
    AND NOT EXISTS (
      SELECT FROM streaming.listed_offers AS l
      WHERE
        l.media_type = j.media_type AND l.tmdb_id = j.tmdb_id AND l.region = j.region AND l.provider_id = j.provider_id
        AND l.offer_type = j.offer_type
    )
  )
ORDER BY j.media_type, j.tmdb_id, j.region, j.provider_id, j.offer_type
RETURNING change
