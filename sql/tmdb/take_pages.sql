-- Takes every page of details that no merge has taken; says which works they touch.
WITH taken AS (
  INSERT INTO tmdb.page_merges (page_id, merge_id)
  SELECT p.page_id, %(merge_id)s
  FROM tmdb.pages AS p
  WHERE p.endpoint = 'details' AND NOT EXISTS (SELECT FROM tmdb.page_merges AS m WHERE m.page_id = p.page_id)
  RETURNING page_id
)
SELECT DISTINCT t.work_id
FROM taken
JOIN tmdb.pages AS p USING (page_id)
JOIN tmdb.titles AS t ON p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
ORDER BY t.work_id
