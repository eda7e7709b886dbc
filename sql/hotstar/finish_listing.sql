-- Ends a listing and, where it is complete, notes the range of update time that it covers: both or neither.
WITH finished AS (
  UPDATE listings
  SET
    status = CASE WHEN %(problem)s::text IS NULL THEN 'complete' ELSE 'incomplete' END,
    problem = %(problem)s,
    completed_at = greatest(ops.now(), started_at),
    total = %(total)s,
    distinct_ids = %(distinct_ids)s,
    duplicates = %(duplicates)s,
    found_apart = %(found_apart)s,
    moved = %(moved)s
  WHERE listing_id = %(listing_id)s
  RETURNING listing_id, kind, status, requests, requests_apart
), covered AS (
  INSERT INTO coverage (kind, covered, listing_id)
  SELECT f.kind, tstzrange(%(covered_from)s::timestamptz, greatest(%(covered_from)s::timestamptz, %(covered_to)s)), f.listing_id
  FROM finished AS f
  WHERE f.status = 'complete' AND %(covered_from)s::timestamptz < %(covered_to)s::timestamptz
), left_over AS (
  UPDATE parts SET dropped = true WHERE listing_id = %(listing_id)s AND role = 'apart' AND proven_at IS NULL
)
SELECT requests, requests_apart FROM finished
