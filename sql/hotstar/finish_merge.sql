-- Writes a merge's counts into its log row.
UPDATE merges SET
  pages = (SELECT count(*) FROM page_merges AS m WHERE m.merge_id = %(merge_id)s),
  seen = seen_now.items,
  inserted = changes.inserted,
  updated = changes.updated,
  unchanged = seen_now.accepted - changes.inserted - changes.updated,
  deleted = (SELECT count(*) FROM deletion_events AS e WHERE e.merge_id = %(merge_id)s AND e.event = 'deleted'),
  restored = (SELECT count(*) FROM deletion_events AS e WHERE e.merge_id = %(merge_id)s AND e.event = 'restored'),
  rejected = (SELECT count(*) FROM rejected_items AS r WHERE r.merge_id = %(merge_id)s),
  withheld = (SELECT count(*) FROM withheld_deletions AS w WHERE w.kind = %(kind)s),
  went_back = changes.went_back,
  reissued = (
    SELECT count(*)
    FROM (SELECT FROM {table} AS w GROUP BY w.hotstar_id HAVING count(*) > 1) AS shared
  )
FROM (
  SELECT count(*) AS items, count(*) FILTER (WHERE each.accepted) AS accepted
  FROM (
    SELECT bool_or(s.item_hash IS NOT NULL) AS accepted
    FROM sightings AS s
    JOIN page_merges AS m USING (page_id)
    WHERE m.merge_id = %(merge_id)s
    GROUP BY s.content_id
  ) AS each
) AS seen_now, (
  SELECT
    count(*) FILTER (WHERE b.known_hash IS NULL) AS inserted,
    count(*) FILTER (WHERE b.known_hash IS NOT NULL) AS updated,
    count(*) FILTER (WHERE i.update_s < b.known_update_s) AS went_back
  FROM before_merge AS b
  JOIN items AS i ON i.kind = %(kind)s AND i.content_id = b.content_id AND i.item_hash IS DISTINCT FROM b.known_hash
) AS changes
WHERE merges.merge_id = %(merge_id)s
RETURNING
  merges.merge_id, merges.merged_at, merges.pages, merges.seen, merges.inserted, merges.updated, merges.unchanged,
  merges.deleted, merges.restored, merges.rejected, merges.withheld, merges.went_back, merges.reissued
