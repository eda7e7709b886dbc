-- How many rows a table and its copy from before the replay have, those in both counted once.
SELECT count(*)
FROM (
  SELECT {key} FROM present_{table}
  UNION
  SELECT {key} FROM tmdb.{table}
) AS compared
