-- The five films and the five series that scored most over the hours of the day (UTC) so far, and their ranks in the hour: null where
-- they left. Of the aggregate of the day's lists.
WITH today AS (
    SELECT h.media_type, h.tmdb_id, sum(h.score) AS score, max(h.title) AS title, max(h.rank) FILTER (WHERE h.hour = %(hour)s) AS rank
    FROM {schema}.trending_history AS h
    WHERE
        h.source = 'aggregated' AND h.time_window = 'day'
        AND h.hour BETWEEN date_trunc('day', %(hour)s, 'UTC') AND %(hour)s
    GROUP BY h.media_type, h.tmdb_id
),

placed AS (
    SELECT t.*, row_number() OVER (PARTITION BY t.media_type ORDER BY t.score DESC, t.tmdb_id ASC) AS place
    FROM today AS t
)

SELECT
    coalesce(l.title, l.tmdb_id::text) || CASE WHEN l.media_type = 'tv' THEN ' (series)' ELSE '' END
    || CASE WHEN count(*) OVER (PARTITION BY l.media_type, l.title) > 1 THEN ', ' || l.tmdb_id ELSE '' END AS title,
    l.rank
FROM placed AS l
WHERE l.place <= 5
ORDER BY l.media_type, l.place
