-- Rows in which a table and its copy from before the replay differ, every column but surrogate ids compared: how many, and the first of them.
SELECT
  count(*) OVER () AS number,
  to_jsonb(p) - %(surrogates)s::text[] AS present,
  to_jsonb(m) - %(surrogates)s::text[] AS made
FROM present_{table} AS p
FULL JOIN tmdb.{table} AS m USING ({key})
WHERE (to_jsonb(p) - %(surrogates)s::text[]) IS DISTINCT FROM (to_jsonb(m) - %(surrogates)s::text[])
ORDER BY {key}
LIMIT %(shown)s
