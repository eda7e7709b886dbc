-- Empties one table of one kind, before its replay takes its place.
DELETE FROM hotstar.{table} AS t WHERE {of_kind}
