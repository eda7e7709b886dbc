-- Notes a failure, and ends the lease: tried again after a minute, then after twice as long each time, a day at most. Who lost the lease
-- says nothing.
UPDATE tmdb.refreshes SET
  attempts = attempts + 1,
  failed_at = ops.now(),
  failed_by = %(run_id)s,
  last_error = %(error)s,
  not_before = ops.now() + least(interval '1 day', interval '1 minute' * 2 ^ least(attempts, 12)) * (1 + random() / 5),
  lease = NULL,
  leased_by = NULL,
  leased_until = NULL
WHERE work_id = %(work_id)s AND lease = %(lease)s
