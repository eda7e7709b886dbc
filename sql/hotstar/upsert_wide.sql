-- Writes the wide rows of new and changed items: every column that the table has beside its keys comes from the kind's fields.
MERGE INTO {table} AS w
USING (
  SELECT content_id, item AS raw_response, {columns}
  FROM newest_contents
  CROSS JOIN LATERAL hotstar.{fields}(item)
) AS new
ON w.content_id = new.content_id
WHEN MATCHED THEN UPDATE SET {updates}
WHEN NOT MATCHED THEN INSERT (content_id, {written}) VALUES (new.content_id, {values})
