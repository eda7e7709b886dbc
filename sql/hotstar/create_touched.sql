-- The items whose versions these pages can change: new ones, changed ones, and those seen earlier than their newest version.
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT DISTINCT s.content_id, i.item_hash AS known_hash, i.update_s AS known_update_s
FROM sightings AS s
LEFT JOIN items AS i USING (kind, content_id)
WHERE
  s.page_id = ANY(%(page_ids)s)
  AND s.item_hash IS NOT NULL
  AND (
    i.item_hash IS NULL
    OR s.item_hash <> i.item_hash
    OR (s.sent_at, s.page_id, s.position) < (i.version_from, i.page_id, i.position)
  )
