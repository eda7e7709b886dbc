-- How many rows a replay made of a table.
SELECT count(*) FROM {shadow}.{table}
