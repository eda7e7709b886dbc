-- Which of these pages nothing rests on: no item and no kept version began on it, none of its items was rejected, and every item on it
-- stood there as it was known when the page was merged, so that no repetition of that merge asks for its content. Changes nothing.
-- Of each page the items are looked at one after the other, up to the first that speaks for keeping it.
SELECT p.page_id
FROM pages AS p
JOIN page_merges AS m USING (page_id)
WHERE
  p.page_id = any(%(page_ids)s) AND p.body IS NOT NULL
  AND NOT EXISTS (SELECT FROM rejected_items AS r WHERE r.page_id = p.page_id)
  AND coalesce((
    SELECT false
    FROM sightings AS s
    LEFT JOIN items AS i ON s.kind = i.kind AND s.content_id = i.content_id AND s.page_id = i.page_id
    LEFT JOIN item_versions AS v
      ON
        s.kind = v.kind AND s.content_id = v.content_id
        AND s.sent_at = v.valid_from AND s.page_id = v.page_id AND s.position = v.position
    LEFT JOIN LATERAL (
      SELECT b.item_hash
      FROM sightings AS b
      JOIN page_merges AS merged ON b.page_id = merged.page_id
      WHERE
        b.kind = s.kind AND b.content_id = s.content_id AND b.item_hash IS NOT NULL
        AND (b.sent_at, b.page_id, b.position) < (s.sent_at, s.page_id, s.position)
        AND merged.merge_id <= m.merge_id
      ORDER BY b.sent_at DESC, b.page_id DESC, b.position DESC
      LIMIT 1
    ) AS before ON true
    WHERE
      s.page_id = p.page_id
      AND (
        i.page_id IS NOT NULL OR v.page_id IS NOT NULL OR s.item_hash IS NULL
        OR before.item_hash IS DISTINCT FROM s.item_hash
      )
    ORDER BY s.position
    LIMIT 1
  ), true)
