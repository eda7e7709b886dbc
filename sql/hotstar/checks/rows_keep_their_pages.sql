-- Items and kept versions whose content no page holds any more: the page that they began on has no body, and no other page with one
-- showed the same; and items that were rejected from a page without one.
WITH resting AS (
  SELECT i.kind, i.content_id, i.item_hash, i.page_id, i.version_from AS began_at FROM items AS i
  UNION ALL
  SELECT v.kind, v.content_id, v.item_hash, v.page_id, v.valid_from FROM item_versions AS v
)
SELECT r.kind || ' ' || r.content_id || ', version of ' || r.began_at AS offender
FROM resting AS r
JOIN pages AS p USING (page_id)
WHERE
  p.body IS NULL
  AND coalesce((  -- one look for each of a few, and mostly of none: a join would read every sighting
    SELECT false
    FROM sightings AS s
    JOIN pages AS other USING (page_id)
    WHERE s.kind = r.kind AND s.content_id = r.content_id AND s.item_hash = r.item_hash AND other.body IS NOT NULL
    ORDER BY s.sent_at
    LIMIT 1
  ), true)
UNION ALL
SELECT r.kind || ' rejected on page ' || r.page_id || ', position ' || r.position
FROM rejected_items AS r
JOIN pages AS p USING (page_id)
WHERE p.body IS NULL
