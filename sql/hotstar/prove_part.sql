-- Notes that a part's proof held.
UPDATE parts
SET reading = %(reading)s, total = %(total)s, distinct_ids = %(distinct_ids)s, duplicates = %(duplicates)s, proven_at = ops.now()
WHERE part_id = %(part_id)s
