-- What a run did, from its log row: for the summary of a load.
SELECT
  log.sync_type,
  log.status,
  log.api_requests_made AS requests,
  ceil(coalesce(l.total, 0) / 1000.0)::bigint AS floor,
  coalesce(l.requests_apart, 0) AS requests_apart,
  round(log.duration_seconds::numeric, 1)::float8 AS seconds,
  log.items_added AS inserted,
  log.items_updated AS updated,
  log.items_unchanged AS unchanged,
  log.items_deleted AS deleted,
  log.items_restored AS restored,
  log.items_rejected AS rejected,
  log.deletions_withheld AS withheld,
  l.problem
FROM hotstar_sync_log AS log
LEFT JOIN listings AS l USING (listing_id)
WHERE log.run_id = %(run_id)s AND log.kind = %(kind)s
