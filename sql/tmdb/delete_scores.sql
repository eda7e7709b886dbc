-- Removes the scores of works without a rating.
DELETE FROM tmdb.aggregates AS a
USING documents AS d
WHERE
  a.work_id = d.work_id AND d.is_changed
  AND NOT EXISTS (SELECT FROM tmdb.rating_sources AS r WHERE r.work_id = a.work_id)
