-- The items whose versions this merge can change: new ones, changed ones, and those seen earlier than their newest version.
CREATE TEMP TABLE touched ON COMMIT DROP AS
SELECT DISTINCT s.content_id, i.item_hash AS known_hash, i.update_s AS known_update_s
FROM sightings AS s
JOIN page_merges AS m USING (page_id)
LEFT JOIN items AS i USING (kind, content_id)
WHERE
  m.merge_id = %(merge_id)s
  AND s.item_hash IS NOT NULL
  AND (
    i.item_hash IS NULL
    OR s.item_hash <> i.item_hash
    OR (s.sent_at, s.page_id, s.position) < (i.version_from, i.page_id, i.position)
  )
