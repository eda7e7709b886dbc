-- Removes what the newest answer does not hold similar any more.
DELETE FROM tmdb.similar_movies AS s
USING documents AS d
WHERE
  s.work_id = d.work_id AND d.is_changed
  AND NOT EXISTS (
    SELECT
    FROM jsonb_to_recordset(d.alike) AS n (tmdb_id bigint, source text)
    WHERE n.tmdb_id = s.similar_tmdb_id AND n.source = s.source
  )
