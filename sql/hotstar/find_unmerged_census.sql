-- The newest census of a kind, if it was read to its end within six hours and a merge has yet to take a page of it. One that a person
-- approved deletions for is another's to merge; one that ended in the future, by a clock that was set back, can prove nothing yet.
SELECT l.listing_id, l.total, l.distinct_ids, l.duplicates, l.requests, l.requests_apart
FROM listings AS l
WHERE
  l.listing_id = (SELECT max(newest.listing_id) FROM listings AS newest WHERE newest.kind = %(kind)s AND newest.purpose = 'census')
  AND l.status = 'complete'
  AND l.approved_deletions IS NULL
  AND l.completed_at BETWEEN ops.now() - interval '6 hours' AND ops.now()
  AND EXISTS (
    SELECT
    FROM pages AS p
    WHERE p.listing_id = l.listing_id AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = p.page_id)
  )
