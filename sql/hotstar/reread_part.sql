-- Takes a part's proof back: its count moved, it is read again.
UPDATE parts
SET reading = reading + 1, proven_at = NULL, total = NULL, distinct_ids = NULL, duplicates = NULL, started_at = ops.now()
WHERE part_id = %(part_id)s
RETURNING reading
