-- Writes what a run listed into its log row; the merge closes it.
UPDATE hotstar_sync_log AS log SET
  listing_id = l.listing_id,
  api_requests_made = %(requests)s,
  from_update_date = l.update_from_s,
  to_update_date = l.update_to_s
FROM listings AS l
WHERE log.run_id = %(run_id)s AND log.kind = %(kind)s AND l.listing_id = %(listing_id)s
