-- Writes what is told about works whose content changed: every column of the table comes from the document.
INSERT INTO tmdb.details AS old (work_id, {columns})
SELECT d.work_id, {columns}
FROM documents AS d
CROSS JOIN LATERAL jsonb_populate_record(NULL::tmdb.details, d.columns)
WHERE d.is_changed
ON CONFLICT (work_id) DO UPDATE SET {updates}
