-- Notes a failure of the titles of a lease whose own requests in this run failed: where a service gives up answering, the next run begins
-- with others.
UPDATE tmdb.refreshes AS r SET
  attempts = r.attempts + 1,
  failed_at = ops.now(),
  failed_by = %(run_id)s,
  last_error = failed.failure,
  not_before = ops.now() + least(interval '1 day', interval '1 minute' * 2 ^ least(r.attempts, 12)) * (1 + random() / 5)
FROM tmdb.titles AS t
CROSS JOIN LATERAL (
  SELECT c.failure
  FROM ops.api_calls AS c
  WHERE c.run_id = %(run_id)s AND c.service = 'tmdb' AND c.endpoint = '/3/' || t.media_type || '/' || t.tmdb_id
  ORDER BY c.call_id DESC
  LIMIT 1
) AS failed
WHERE r.work_id = t.work_id AND r.lease = %(lease)s AND failed.failure IS NOT NULL
RETURNING r.work_id
