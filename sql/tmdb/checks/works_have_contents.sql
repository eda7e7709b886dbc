-- Titles with a usable page of details that was merged, and no content made from the newest such page.
SELECT t.media_type || ' ' || t.tmdb_id || ' ' || coalesce(d.title, '') AS offender
FROM tmdb.titles AS t
JOIN LATERAL (
  SELECT p.page_id
  FROM tmdb.pages AS p
  JOIN tmdb.page_merges USING (page_id)
  WHERE
    p.endpoint = 'details' AND p.media_type = t.media_type AND p.tmdb_id = t.tmdb_id AND p.status = 200 AND p.problem IS NULL
  ORDER BY p.sent_at DESC, p.page_id DESC
  LIMIT 1
) AS newest ON true
LEFT JOIN tmdb.contents AS c USING (work_id)
LEFT JOIN tmdb.details AS d USING (work_id)
WHERE c.page_id IS DISTINCT FROM newest.page_id OR d.work_id IS NULL
ORDER BY t.work_id
