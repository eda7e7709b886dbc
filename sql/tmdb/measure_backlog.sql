-- How many titles are to be fetched, and for how many hours the one that waits longest has been due.
SELECT
  count(*) AS titles,
  coalesce(round(extract(EPOCH FROM max(q.age)) / 3600, 1), 0)::float8 AS oldest_h
FROM tmdb.refresh_queue AS q
