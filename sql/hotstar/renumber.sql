-- Lets a table's surrogate key go on after the greatest one in use.
SELECT setval(pg_get_serial_sequence('hotstar.{table}', 'id'), (SELECT coalesce(max(id), 1) FROM hotstar.{table}))
