-- Puts the replayed rows in the place of the present ones.
INSERT INTO hotstar.{table} OVERRIDING SYSTEM VALUE SELECT * FROM {shadow}.{table}
