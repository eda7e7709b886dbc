-- The touched items whose newest content is new; the content itself is staged under the same page and position.
CREATE TEMP TABLE newest ON COMMIT DROP AS
SELECT
  r.content_id, r.item_hash, r.page_id, r.position, r.valid_from, r.first_seen_at,
  t.known_hash IS NULL AS is_new
FROM runs AS r
JOIN touched AS t USING (content_id)
WHERE r.valid_to IS NULL AND r.item_hash IS DISTINCT FROM t.known_hash
