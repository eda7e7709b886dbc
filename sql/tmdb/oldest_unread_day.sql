-- The oldest day up to today whose feed of changes was not read after its end, from the first title's day on; null without a title. Days
-- more than 60 back are left to the tiers.
SELECT min(days.day)::date AS day
FROM (SELECT min(t.wanted_at) AS at FROM tmdb.titles AS t WHERE t.media_type = %(media_type)s) AS first
CROSS JOIN LATERAL generate_series(
  greatest((first.at AT TIME ZONE 'UTC')::date, %(today)s::date - 60), %(today)s::date, interval '1 day'
) AS days (day)
WHERE
  NOT EXISTS (
    SELECT
    FROM tmdb.changed_days AS c
    WHERE
      c.media_type = %(media_type)s AND c.day = days.day AND c.read_at >= (days.day + interval '1 day') AT TIME ZONE 'UTC'
  )
