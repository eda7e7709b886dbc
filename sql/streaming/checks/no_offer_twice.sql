-- Rows of streaming_availability that one title, region, provider, type and quality have several of: every title of Watchmode's is looked at,
-- and a hundred of TMDB's.
SELECT concat_ws('/', a.media_type, a.tmdb_id, a.region, a.service_name, a.service_type, a.quality) AS offender
FROM (
  SELECT w.media_type, w.tmdb_id FROM streaming.watchmode_answers AS w
  UNION
  (SELECT t.media_type, t.tmdb_id FROM streaming.tmdb_offers AS o JOIN tmdb.titles AS t USING (work_id) ORDER BY md5(o.work_id::text) LIMIT 100)
) AS sample
CROSS JOIN LATERAL (
  SELECT v.media_type, v.tmdb_id, v.region, v.service_name, v.service_type, v.quality
  FROM streaming.streaming_availability AS v
  WHERE v.media_type = sample.media_type AND v.tmdb_id = sample.tmdb_id
) AS a
GROUP BY a.media_type, a.tmdb_id, a.region, a.service_name, a.service_type, a.quality
HAVING count(*) > 1
ORDER BY a.media_type, a.tmdb_id, a.region, a.service_name, a.service_type, a.quality
