-- Writes the wide rows of new and changed items: every column that the table has beside its keys comes from the kind's fields.
INSERT INTO {table} (content_id, raw_response, {columns})
SELECT n.content_id, s.item, {columns}
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
CROSS JOIN LATERAL hotstar.{fields}(s.item)
ON CONFLICT (content_id) DO UPDATE SET {updates}
