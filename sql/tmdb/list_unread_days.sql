-- Of these days the feeds to read, of films and of series as far as such titles are kept; those that were read after their end only if they
-- are to be read again.
SELECT d.day, k.media_type
FROM unnest(%(days)s::date[]) AS d (day)
CROSS JOIN (SELECT DISTINCT t.media_type FROM tmdb.titles AS t) AS k
WHERE
  %(again)s
  OR NOT EXISTS (
    SELECT
    FROM tmdb.changed_days AS c
    WHERE
      c.media_type = k.media_type AND c.day = d.day AND c.read_at >= (d.day + interval '1 day') AT TIME ZONE 'UTC'
  )
ORDER BY d.day, k.media_type
