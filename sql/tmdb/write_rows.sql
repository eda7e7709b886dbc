-- Writes what a table of series holds of works whose content changed: every column comes from the document, and a row that is as it was is
-- left alone.
INSERT INTO tmdb.{table} AS old (work_id, {columns})
SELECT d.work_id, {columns}
FROM documents AS d
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::tmdb.{table}, d.{table})
WHERE d.is_changed
ON CONFLICT ({key}) DO UPDATE SET {updates}
  WHERE old.* IS DISTINCT FROM excluded.*
