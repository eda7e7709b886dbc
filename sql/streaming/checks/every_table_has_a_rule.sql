-- Tables that may hold data of a source and have no rule how long, and rules of tables that there are not.
SELECT coalesce(c.name || ' has no rule', r.table_name || ' is no table') AS offender
FROM (
  SELECT n.nspname || '.' || t.relname AS name
  FROM pg_class AS t
  JOIN pg_namespace AS n ON t.relnamespace = n.oid
  WHERE n.nspname IN ('streaming', 'trakt') AND t.relkind IN ('r', 'p', 'm', 'f')
) AS c
FULL JOIN (SELECT DISTINCT r.table_name FROM streaming.retention_rules AS r) AS r ON c.name = r.table_name
WHERE c.name IS NULL OR r.table_name IS NULL
ORDER BY 1
