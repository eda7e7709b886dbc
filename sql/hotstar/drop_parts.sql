-- Drops parts of a listing: their pages stay, their totals do not count.
UPDATE parts SET dropped = true WHERE part_id = ANY(%(part_ids)s)
