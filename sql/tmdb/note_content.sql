-- Notes that usable details came, and ends the lease; an answer to an older request changes nothing else.
UPDATE tmdb.refreshes AS r SET
  asked_at = greatest(r.asked_at, %(sent_at)s),
  answered_at = greatest(r.answered_at, %(sent_at)s),
  page_id = CASE WHEN is_newest THEN %(page_id)s ELSE r.page_id END,
  etag = CASE WHEN is_newest THEN %(etag)s ELSE r.etag END,
  incomplete = CASE WHEN NOT is_newest THEN r.incomplete WHEN %(missing_blocks)s::text[] = '{}' THEN 0 ELSE r.incomplete + 1 END,
  missing_blocks = CASE WHEN is_newest THEN %(missing_blocks)s ELSE r.missing_blocks END,
  gone_at = CASE WHEN is_newest THEN NULL ELSE r.gone_at END,
  attempts = CASE WHEN is_newest THEN 0 ELSE r.attempts END,
  not_before = CASE WHEN is_newest THEN NULL ELSE r.not_before END,
  lease = CASE WHEN r.lease = %(lease)s THEN NULL ELSE r.lease END,
  leased_by = CASE WHEN r.lease = %(lease)s THEN NULL ELSE r.leased_by END,
  leased_until = CASE WHEN r.lease = %(lease)s THEN NULL ELSE r.leased_until END
FROM (
  SELECT f.work_id, %(sent_at)s >= coalesce(f.asked_at, '-infinity') AS is_newest
  FROM tmdb.refreshes AS f
  WHERE f.work_id = %(work_id)s
) AS found
WHERE r.work_id = found.work_id
