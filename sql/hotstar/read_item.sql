-- The state of one item, and when it was last on a page. Changes nothing.
SELECT
  i.title, i.first_seen_at, i.is_deleted, i.deletion_reason, i.deleted_at,
  (SELECT max(s.sent_at) FROM sightings AS s WHERE s.kind = i.kind AND s.content_id = i.content_id) AS last_seen_at
FROM items AS i
WHERE i.kind = %(kind)s AND i.content_id = %(content_id)s
