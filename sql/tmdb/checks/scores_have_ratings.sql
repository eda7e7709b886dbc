-- Ratings without a score of every method, scores outside 0 to 100 or outside their own range, and scores without a rating.
SELECT r.work_id || ': a method is missing' AS offender
FROM tmdb.rating_sources AS r
CROSS JOIN tmdb.score_methods AS m
WHERE NOT EXISTS (SELECT FROM tmdb.aggregates AS a WHERE a.work_id = r.work_id AND a.method_version = m.method_version)
UNION ALL
SELECT a.work_id || ': ' || a.method_version || ' is out of range'
FROM tmdb.aggregates AS a
WHERE
  a.ai_score NOT BETWEEN 0 AND 100 OR a.ai_score NOT BETWEEN a.ai_score_low AND a.ai_score_high
  OR NOT EXISTS (SELECT FROM tmdb.rating_sources AS r WHERE r.work_id = a.work_id)
