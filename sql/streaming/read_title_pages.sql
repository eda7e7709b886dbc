-- Watchmode's answers about titles that are newer than what is merged: each with the regions that it was asked for and no newer one was.
-- That it knows no such title (404) is an answer without an offer.
WITH asked AS (
  SELECT p.page_id, p.media_type, p.tmdb_id, p.sent_at, regions.region
  FROM streaming.pages AS p
  CROSS JOIN LATERAL unnest(string_to_array(p.params ->> 'regions', ',')) AS regions (region)
  WHERE
    p.service = 'watchmode' AND p.endpoint = 'title_sources' AND p.status IN (200, 404) AND p.problem IS NULL
    AND p.media_type IS NOT NULL AND p.tmdb_id IS NOT NULL
),

newest AS (
  SELECT DISTINCT ON (media_type, tmdb_id, region) media_type, tmdb_id, region, page_id
  FROM asked
  ORDER BY media_type ASC, tmdb_id ASC, region ASC, sent_at DESC, page_id DESC
)

SELECT
  p.page_id, p.media_type, p.tmdb_id, p.sent_at, p.status, p.body, unread.regions, string_to_array(p.params ->> 'regions', ',') AS asked
FROM (
  SELECT n.page_id, array_agg(n.region ORDER BY n.region) AS regions
  FROM newest AS n
  LEFT JOIN streaming.watchmode_answers AS a USING (media_type, tmdb_id, region)
  WHERE a.page_id IS DISTINCT FROM n.page_id
  GROUP BY n.page_id
) AS unread
JOIN streaming.pages AS p USING (page_id)
ORDER BY p.page_id
