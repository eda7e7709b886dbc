-- Titles that went within a day, where they are more than ten and a twentieth of all: rather a fault than what happened.
WITH went AS (
  SELECT t.media_type || ' ' || t.tmdb_id AS offender
  FROM tmdb.refreshes AS r
  JOIN tmdb.titles AS t USING (work_id)
  WHERE r.gone_at > tmdb.now() - interval '1 day'
)
SELECT w.offender
FROM went AS w
WHERE (SELECT count(*) FROM went) > greatest(10, 0.05 * (SELECT count(*) FROM tmdb.titles))
ORDER BY w.offender
