-- Takes the pages that a logged merge took, for a replay of it.
WITH taken AS (
  INSERT INTO page_merges (page_id, merge_id)
  SELECT m.page_id, %(merge_id)s
  FROM hotstar.page_merges AS m
  WHERE m.merge_id = %(logged_merge_id)s
  RETURNING page_id
)
SELECT
  p.page_id,
  p.body IS NOT NULL AS has_body,
  coalesce(
    (SELECT s.judged_by = %(judged_by)s FROM staged_items AS s WHERE s.page_id = p.page_id ORDER BY s.position LIMIT 1), false
  ) AS is_staged
FROM pages AS p
JOIN taken USING (page_id)
ORDER BY p.sent_at, p.page_id
