-- Writes the steps from active to deleted and back into the history, and what changed of a deletion; withheld ones and items new in
-- this merge are none.
INSERT INTO deletion_events (merge_id, kind, content_id, event, reason, deleted_at, was_reason, was_deleted_at, at)
SELECT
  %(merge_id)s, %(kind)s, d.content_id,
  CASE WHEN NOT d.was_deleted THEN 'deleted' WHEN d.reason IS NULL THEN 'restored' ELSE 'changed' END,
  coalesce(d.reason, i.deletion_reason),
  d.deleted_at, i.deletion_reason, i.deleted_at,
  %(merged_at)s
FROM decisions AS d
JOIN items AS i ON d.content_id = i.content_id AND i.kind = %(kind)s
WHERE
  (i.deletion_reason, i.deleted_at) IS DISTINCT FROM (d.reason, d.deleted_at)
  AND NOT d.is_new
  AND NOT EXISTS (SELECT FROM withheld_deletions AS w WHERE w.kind = %(kind)s AND w.content_id = d.content_id)
