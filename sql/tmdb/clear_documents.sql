-- Ends a batch.
TRUNCATE documents
