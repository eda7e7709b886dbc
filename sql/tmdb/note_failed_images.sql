-- Notes images that could not be had: each is tried again after a minute, then after twice as long each time, a day at most, and not
-- sooner than its host asked for.
UPDATE tmdb.images AS i SET
  attempts = i.attempts + 1,
  failed_at = tmdb.now(),
  last_error = f.error,
  not_before = tmdb.now() + greatest(
    least(interval '1 day', interval '1 minute' * 2 ^ least(i.attempts, 12)) * (1 + random() / 5), make_interval(secs => least(f.wait_s, 86400))
  )
FROM jsonb_to_recordset(%(failed)s) AS f (name text, error text, wait_s double precision)
WHERE i.name = f.name
