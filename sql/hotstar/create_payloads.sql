-- The contents that the superseded versions of the touched items can have: staged, kept as a version, or still the newest row.
CREATE TEMP TABLE payloads ON COMMIT DROP AS
WITH superseded AS (
  SELECT DISTINCT content_id FROM runs WHERE valid_to IS NOT NULL
), known AS (
  SELECT content_id, item_hash, item FROM staged_items
  UNION ALL
  SELECT content_id, item_hash, item FROM item_versions WHERE kind = %(kind)s
  UNION ALL
  SELECT i.content_id, i.item_hash, w.raw_response
  FROM items AS i
  JOIN {table} AS w USING (content_id)
  WHERE i.kind = %(kind)s
)
SELECT DISTINCT ON (content_id, item_hash) content_id, item_hash, item
FROM known
JOIN superseded USING (content_id)
ORDER BY content_id, item_hash
