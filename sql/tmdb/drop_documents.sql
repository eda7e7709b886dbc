-- Ends a batch.
DROP TABLE documents
