-- Removes TMDB's offers of works whose content was dropped, and counts their listings anew.
WITH dropped AS (
  DELETE FROM streaming.tmdb_offers AS o
  WHERE NOT EXISTS (SELECT FROM tmdb.contents AS c WHERE c.work_id = o.work_id)
  RETURNING o.listing_ids
), fewer AS (
  SELECT listed.listing_id, count(*) AS titles
  FROM dropped
  CROSS JOIN LATERAL unnest(dropped.listing_ids) AS listed (listing_id)
  GROUP BY listed.listing_id
), counted AS (
  UPDATE streaming.listings SET titles = listings.titles - fewer.titles
  FROM fewer
  WHERE listings.listing_id = fewer.listing_id
)
SELECT count(*) AS works FROM dropped
