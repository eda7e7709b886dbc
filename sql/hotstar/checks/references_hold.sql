-- Items on offer that point at what is not there: by target, with how many point at it and why (not listed yet, gone). Nothing can be
-- said while what they point at was never listed.
SELECT
  %(field)s || ' ' || pointing.target || CASE WHEN known.id IS NULL THEN ' (not listed yet)' ELSE ' (gone)' END || ': ' || pointing.items AS offender
FROM (
  SELECT {field} AS target, count(*) AS items
  FROM {table} AS w
  JOIN items AS i ON w.content_id = i.content_id AND i.kind = %(kind)s AND NOT i.is_deleted
  GROUP BY {field}
) AS pointing
LEFT JOIN (
  SELECT t.hotstar_id AS id, bool_and(coalesce(t.deletion_reason = 'missing', false)) AS is_gone
  FROM items AS t
  WHERE t.kind = %(target)s
  GROUP BY t.hotstar_id
) AS known ON pointing.target = known.id
WHERE
  pointing.target IS NOT NULL AND (known.id IS NULL OR known.is_gone)
  AND %(target)s IN (SELECT c.kind FROM newest_censuses AS c)
ORDER BY pointing.items DESC, pointing.target ASC
