-- Empties a table that a replay makes again; not TRUNCATE, for which readers would wait.
DELETE FROM tmdb.{table}
