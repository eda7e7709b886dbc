-- Closes the open incidents of a subject (the beginning of their keys) that are no longer found. Leaves other subjects' alone.
UPDATE ops.incidents
SET closed_at = ops.now()
WHERE closed_at IS NULL AND starts_with(key, %(subject)s) AND key <> all(%(present)s)
