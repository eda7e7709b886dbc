-- A place for the rows of a file of ids; it goes with the transaction.
CREATE TEMPORARY TABLE staged_mappings (LIKE streaming.id_mappings INCLUDING DEFAULTS) ON COMMIT DROP
