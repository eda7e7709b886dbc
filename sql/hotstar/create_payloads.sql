-- The contents of the superseded versions of the touched items: staged, kept as a version, or still the newest row.
CREATE TEMP TABLE payloads ON COMMIT DROP AS
SELECT
  r.content_id, r.item_hash,
  coalesce(
    (SELECT s.item FROM staged_items AS s WHERE s.page_id = r.page_id AND s.position = r.position),
    (
      SELECT v.item
      FROM item_versions AS v
      WHERE v.kind = %(kind)s AND v.content_id = r.content_id AND v.item_hash = r.item_hash
      ORDER BY v.valid_from
      LIMIT 1
    ),
    (
      SELECT w.raw_response
      FROM items AS i
      JOIN {table} AS w USING (content_id)
      WHERE i.kind = %(kind)s AND i.content_id = r.content_id AND i.item_hash = r.item_hash
    )
  ) AS item
FROM (SELECT DISTINCT ON (content_id, item_hash) * FROM runs WHERE valid_to IS NOT NULL ORDER BY content_id, item_hash) AS r
