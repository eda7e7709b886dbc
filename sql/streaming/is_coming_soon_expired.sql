-- Whether what is coming soon rests on anything past keeping.
SELECT
  EXISTS (
    SELECT FROM streaming.coming_soon AS c
    WHERE
      c.tmdb_fetched_at < ops.now() - %(tmdb)s::interval
      OR c.watchmode_fetched_at < ops.now() - %(watchmode)s::interval
  )
  OR EXISTS (SELECT FROM streaming.release_dates AS r WHERE r.announced_at < ops.now() - %(watchmode)s::interval) AS is_expired
