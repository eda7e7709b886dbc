-- Notes that TMDB has no such title, and ends the lease: it is asked for again when the feed names it, when somebody asks, and once a month
-- for half a year. Who lost the lease says nothing.
UPDATE tmdb.refreshes SET
  asked_at = greatest(asked_at, %(sent_at)s),
  gone_at = coalesce(gone_at, %(sent_at)s),
  attempts = 0,
  not_before = NULL,
  lease = NULL,
  leased_by = NULL,
  leased_until = NULL
WHERE work_id = %(work_id)s AND lease = %(lease)s
