-- Moves the beginnings of versions that an earlier page now shows; the content, and so the wide row, stays.
UPDATE items AS i SET
  page_id = r.page_id,
  position = r.position,
  version_from = r.valid_from,
  first_seen_at = r.first_seen_at,
  updated_at = greatest(r.valid_from, (
    SELECT max(e.at) FROM deletion_events AS e WHERE e.kind = i.kind AND e.content_id = i.content_id AND e.event <> 'changed'
  ))
FROM runs AS r
WHERE
  i.kind = %(kind)s
  AND r.valid_to IS NULL
  AND r.content_id = i.content_id
  AND r.item_hash = i.item_hash
  AND (r.page_id, r.position, r.first_seen_at) IS DISTINCT FROM (i.page_id, i.position, i.first_seen_at)
