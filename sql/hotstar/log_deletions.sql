-- Writes the steps from active to deleted and back into the history; withheld ones and items new in this merge are none.
INSERT INTO deletion_events (merge_id, kind, content_id, event, reason, at)
SELECT
  %(merge_id)s, %(kind)s, d.content_id,
  CASE WHEN d.was_deleted THEN 'restored' ELSE 'deleted' END,
  coalesce(d.reason, d.was_reason),
  %(merged_at)s
FROM decisions AS d
WHERE
  d.was_deleted <> (d.reason IS NOT NULL)
  AND NOT d.is_new
  AND NOT EXISTS (SELECT FROM withheld_deletions AS w WHERE w.kind = %(kind)s AND w.content_id = d.content_id)
RETURNING event
