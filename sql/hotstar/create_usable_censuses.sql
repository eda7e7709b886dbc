-- The censuses that can prove an item missing: complete by the merge's instant, every page of theirs merged, every item with a readable id.
CREATE TEMP TABLE usable_censuses ON COMMIT DROP AS
SELECT l.kind, l.listing_id, l.started_at, l.completed_at
FROM listings AS l
WHERE
  l.kind = %(kind)s
  AND l.purpose = 'census'
  AND l.status = 'complete'
  AND l.completed_at <= %(merged_at)s
  AND NOT EXISTS (
    SELECT
    FROM pages AS p
    WHERE p.listing_id = l.listing_id AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = p.page_id)
  )
  AND NOT EXISTS (
    SELECT
    FROM rejected_items AS r
    JOIN pages AS p USING (page_id)
    WHERE p.listing_id = l.listing_id AND p.readable AND r.content_id IS NULL
  )
