-- Closes the log row of a run and kind after its merge: partial if its listing has no proof, if an item that it listed or merged was
-- rejected, or a deletion withheld.
UPDATE hotstar_sync_log AS log SET
  status = CASE WHEN found.errors = '[]' THEN 'completed' ELSE 'partial' END,
  completed_at = ops.now(),
  merge_id = m.merge_id,
  total_items_fetched = coalesce((SELECT l.distinct_ids FROM listings AS l WHERE l.listing_id = log.listing_id), m.seen),
  items_added = m.inserted,
  items_updated = m.updated,
  items_unchanged = m.unchanged,
  items_deleted = m.deleted,
  items_restored = m.restored,
  items_rejected = m.rejected,
  deletions_withheld = m.withheld,
  errors = log.errors || found.errors
FROM merges AS m
CROSS JOIN LATERAL (
  SELECT coalesce(jsonb_agg(problem.error), '[]') AS errors
  FROM (
    SELECT jsonb_build_object(
      'type', 'IncompleteListing', 'message', l.problem, 'request', NULL, 'item', NULL, 'stack', NULL
    ) AS error
    FROM hotstar_sync_log AS mine
    JOIN listings AS l USING (listing_id)
    WHERE mine.run_id = %(run_id)s AND mine.kind = %(kind)s AND l.status <> 'complete'
    UNION ALL
    (
      SELECT jsonb_build_object(
        'type', 'RejectedItem', 'message', r.reason, 'request', p.path || ' ' || p.params::text, 'item', r.content_id, 'stack', NULL
      )
      FROM rejected_items AS r
      JOIN pages AS p USING (page_id)
      WHERE
        r.merge_id = m.merge_id
        OR p.listing_id = (
          SELECT mine.listing_id FROM hotstar_sync_log AS mine WHERE mine.run_id = %(run_id)s AND mine.kind = %(kind)s
        )
      ORDER BY r.page_id, r.position
      LIMIT 100
    )
    UNION ALL
    SELECT jsonb_build_object(
      'type', 'DeletionsWithheld', 'message', m.withheld || ' deletions wait for an approval',
      'request', NULL, 'item', NULL, 'stack', NULL
    )
    WHERE m.withheld > 0
  ) AS problem
) AS found
WHERE log.run_id = %(run_id)s AND log.kind = %(kind)s AND log.status = 'running' AND m.merge_id = %(merge_id)s
RETURNING log.status
