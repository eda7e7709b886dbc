-- Stores one answer, counts it for its listing and notes which reading of its part counts. It changes no stored page. A page is never
-- sent before its listing began, whatever a clock that was set back says: what a census lists is seen since it began.
WITH counted AS (
  UPDATE listings
  SET
    requests = requests + (NOT %(apart)s)::integer,
    requests_apart = requests_apart + %(apart)s::integer,
    total = coalesce(total, %(total)s)
  WHERE listing_id = %(listing_id)s
), noted AS (
  UPDATE parts
  SET
    reading = greatest(reading, %(reading)s),
    total = CASE WHEN reading <= %(reading)s THEN coalesce(%(part_total)s, total) ELSE total END
  WHERE part_id = %(part_id)s
)
INSERT INTO pages (
  kind, listing_id, part_id, reading, descending, page_offset, path, params, status, sent_at, received_at,
  body, body_bytes, body_sha256, readable, run_id
)
SELECT
  %(kind)s, %(listing_id)s, %(part_id)s, %(reading)s, %(descending)s, %(page_offset)s, %(path)s, %(params)s, %(status)s,
  greatest(%(sent_at)s, l.started_at), greatest(%(received_at)s, l.started_at),
  %(body)s, %(body_bytes)s, %(body_sha256)s, %(readable)s, %(run_id)s
FROM listings AS l
WHERE l.listing_id = %(listing_id)s
RETURNING page_id, ops.now() AS stored_at
