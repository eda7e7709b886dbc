-- The oldest day up to today whose feed of changes was not read after its end, of films or of series, from the first such title's day on;
-- null without a title. Days more than 60 back are left to the tiers.
SELECT min(days.day)::date AS day
FROM (SELECT t.media_type, min(t.wanted_at) AS at FROM tmdb.titles AS t GROUP BY t.media_type) AS first
CROSS JOIN LATERAL generate_series(
  greatest((first.at AT TIME ZONE 'UTC')::date, %(today)s::date - 60), %(today)s::date, interval '1 day'
) AS days (day)
WHERE
  NOT EXISTS (
    SELECT
    FROM tmdb.changed_days AS c
    WHERE
      c.media_type = first.media_type AND c.day = days.day AND c.read_at >= (days.day + interval '1 day') AT TIME ZONE 'UTC'
  )
