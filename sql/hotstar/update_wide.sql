-- Writes the wide rows of changed items: every column that the table has beside its keys comes from the kind's fields.
UPDATE {table} AS w SET raw_response = new.item, {updates}
FROM (
  SELECT content_id, item, {columns}
  FROM (SELECT content_id, item FROM newest_contents WHERE NOT is_new) AS changed
  CROSS JOIN LATERAL hotstar.{fields}(item)
) AS new
WHERE w.content_id = new.content_id
