-- Takes the pages that a logged merge took; says which works they touch.
WITH taken AS (
  INSERT INTO tmdb.page_merges (page_id, merge_id)
  SELECT m.page_id, m.merge_id
  FROM present_page_merges AS m
  WHERE m.merge_id = %(merge_id)s
  RETURNING page_id
)
SELECT DISTINCT t.work_id
FROM taken
JOIN tmdb.pages AS p USING (page_id)
JOIN tmdb.titles AS t ON p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id
ORDER BY t.work_id
