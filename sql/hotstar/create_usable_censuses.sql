-- The censuses that can prove an item missing: complete by the merge's instant, every page of theirs merged by then, every item with a
-- readable id. Of a kind that is listed within items of another kind: what one of these holds.
CREATE TEMP TABLE usable_censuses ON COMMIT DROP AS
SELECT c.kind, c.listing_id, c.scope, c.listing_began_at, c.started_at, c.completed_at, c.merge_id
FROM hotstar.merged_censuses AS c
WHERE
  c.kind = %(kind)s
  AND c.completed_at <= %(merged_at)s
  AND c.merge_id <= %(merge_id)s
  AND NOT EXISTS (
    SELECT
    FROM rejected_items AS r
    JOIN pages AS p USING (page_id)
    WHERE p.listing_id = c.listing_id AND p.readable AND r.content_id IS NULL
  )
