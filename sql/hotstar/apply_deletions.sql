-- Applies the decisions to the items; withheld ones stay as they are. Always soft: no row goes.
UPDATE items AS i SET
  is_deleted = d.reason IS NOT NULL,
  deletion_reason = d.reason,
  deleted_at = d.deleted_at,
  updated_at = CASE WHEN d.is_new OR d.was_deleted = (d.reason IS NOT NULL) THEN i.updated_at ELSE %(merged_at)s END
FROM decisions AS d
WHERE
  i.kind = %(kind)s
  AND i.content_id = d.content_id
  AND (i.deletion_reason, i.deleted_at) IS DISTINCT FROM (d.reason, d.deleted_at)
  AND NOT EXISTS (SELECT FROM withheld_deletions AS w WHERE w.kind = %(kind)s AND w.content_id = i.content_id)
