-- Writes the wide rows of new items: every column that the table has beside its keys comes from the kind's fields.
INSERT INTO {table} (content_id, raw_response, {columns})
SELECT content_id, item, {columns}
FROM (SELECT content_id, item FROM newest_contents WHERE is_new) AS new
CROSS JOIN LATERAL hotstar.{fields}(item)
