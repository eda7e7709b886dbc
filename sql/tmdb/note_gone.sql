-- Notes that TMDB has no such title, and ends the lease: it is not asked for again unless the feed names it or somebody asks.
UPDATE tmdb.refreshes SET
  gone_at = CASE WHEN coalesce(answered_at <= %(sent_at)s, true) THEN coalesce(gone_at, %(sent_at)s) ELSE gone_at END,
  attempts = 0,
  not_before = NULL,
  lease = CASE WHEN lease = %(lease)s THEN NULL ELSE lease END,
  leased_by = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_by END,
  leased_until = CASE WHEN lease = %(lease)s THEN NULL ELSE leased_until END
WHERE work_id = %(work_id)s
