-- Rows in which a table of offers and its copy from before the replay differ, every column compared: how many, and the first of them.
WITH present AS (
  SELECT jsonb_build_array({key}) AS key, to_jsonb(p) AS present FROM present_{table} AS p
),

made AS (
  SELECT jsonb_build_array({key}) AS key, to_jsonb(m) AS made FROM streaming.{table} AS m
)

SELECT count(*) OVER () AS number, present.present, made.made
FROM present
FULL JOIN made USING (key)
WHERE present.present IS DISTINCT FROM made.made
ORDER BY key
LIMIT %(shown)s
