-- Days of the last 60 whose feed of changes was not read after their end, from the first title's day on. The newest day has a day's time.
SELECT first.media_type || ' ' || days.day::date::text AS offender
FROM (SELECT t.media_type, min(t.wanted_at) AS at FROM tmdb.titles AS t GROUP BY t.media_type) AS first
CROSS JOIN LATERAL generate_series(
  greatest((first.at AT TIME ZONE 'UTC')::date, (ops.now() AT TIME ZONE 'UTC')::date - 60),
  (ops.now() AT TIME ZONE 'UTC')::date - 2, interval '1 day'
) AS days (day)
WHERE
  NOT EXISTS (
    SELECT
    FROM tmdb.changed_days AS c
    WHERE c.media_type = first.media_type AND c.day = days.day AND c.read_at >= (days.day + interval '1 day') AT TIME ZONE 'UTC'
  )
ORDER BY days.day, first.media_type
