-- How many rows a table of offers has.
SELECT count(*) AS rows FROM streaming.{table}
