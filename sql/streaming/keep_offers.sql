-- Keeps a table of offers as it is before a replay, to compare with.
CREATE TEMP TABLE present_{table} ON COMMIT DROP AS SELECT * FROM streaming.{table}
