-- Notes that the newest page is still as it was, and ends the lease.
UPDATE tmdb.refreshes SET
  asked_at = greatest(asked_at, %(sent_at)s),
  answered_at = greatest(answered_at, %(sent_at)s),
  gone_at = CASE WHEN %(sent_at)s >= asked_at THEN NULL ELSE gone_at END,
  attempts = 0,
  not_before = NULL,
  lease = CASE WHEN lease = %(lease)s THEN NULL ELSE lease END,
  leased_by = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_by END,
  leased_until = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_until END
WHERE work_id = %(work_id)s
