-- Removes from a table of series what the newest answers do not list any more.
WITH kept AS MATERIALIZED (
  SELECT {listed}
  FROM documents AS d
  CROSS JOIN LATERAL jsonb_populate_recordset(NULL::tmdb.{table}, d.{table}) AS listed
  WHERE d.is_changed
)
DELETE FROM tmdb.{table} AS old
USING documents AS d
WHERE old.work_id = d.work_id AND d.is_changed AND NOT EXISTS (SELECT FROM kept WHERE {matches})
