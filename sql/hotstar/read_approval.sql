-- The approval that a person gave to the census that a run listed: it holds if that is the newest complete one.
SELECT l.approved_deletions
FROM listings AS l
JOIN hotstar_sync_log AS log USING (listing_id)
WHERE
  log.run_id = %(run_id)s
  AND log.kind = %(kind)s
  AND l.purpose = 'census'
  AND l.status = 'complete'
  AND l.listing_id = (
    SELECT newest.listing_id
    FROM listings AS newest
    WHERE newest.kind = %(kind)s AND newest.purpose = 'census' AND newest.status = 'complete'
    ORDER BY newest.started_at DESC
    LIMIT 1
  )
