-- Takes every stored page of a kind that no merge has taken yet, in order of sending.
WITH taken AS (
  INSERT INTO page_merges (page_id, merge_id)
  SELECT p.page_id, %(merge_id)s
  FROM pages AS p
  WHERE
    p.kind = %(kind)s
    AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = p.page_id)
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
