-- Notes a failure, and ends the lease: tried again after a minute, then after twice as long each time, a day at most.
UPDATE tmdb.refreshes SET
  attempts = attempts + 1,
  failed_at = ops.now(),
  failed_by = %(run_id)s,
  last_error = %(error)s,
  not_before = ops.now() + least(interval '1 day', interval '1 minute' * 2 ^ least(attempts, 12)) * (1 + random() / 5),
  lease = CASE WHEN lease = %(lease)s THEN NULL ELSE lease END,
  leased_by = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_by END,
  leased_until = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_until END
WHERE work_id = %(work_id)s
