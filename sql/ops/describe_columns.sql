-- The columns of a table or view as the database describes them.
SELECT
  a.attname AS name,
  format_type(a.atttypid, a.atttypmod) AS type,
  col_description(a.attrelid, a.attnum) AS description,
  NOT a.attnotnull AS nullable
FROM pg_attribute AS a
WHERE a.attrelid = %(relation)s::regclass AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
