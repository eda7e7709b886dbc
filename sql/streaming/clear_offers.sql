-- Empties a table of offers, to make it again.
DELETE FROM streaming.{table}
