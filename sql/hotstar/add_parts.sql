-- Adds parts to a listing, and drops the part that they replace, if any: both or neither.
WITH dropped AS (
  UPDATE parts
  SET dropped = true, role = CASE WHEN filters = '{}' AND role = 'part' THEN 'root' ELSE role END, total = %(replaced_total)s
  WHERE part_id = %(replaced)s
)
INSERT INTO parts (listing_id, role, filters, started_at, dropped)
SELECT %(listing_id)s, %(role)s, filters.value, ops.now(), %(probe)s
FROM jsonb_array_elements(%(filters)s) WITH ORDINALITY AS filters (value, place)
ORDER BY filters.place
RETURNING part_id, filters
