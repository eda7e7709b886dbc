-- The versions of the touched items, computed from all their sightings: each begins where the content differs from the sighting before.
CREATE TEMP TABLE runs ON COMMIT DROP AS
SELECT
  content_id, item_hash, page_id, position,
  sent_at AS valid_from,
  lead(sent_at) OVER in_order AS valid_to,
  min(sent_at) OVER (PARTITION BY content_id) AS first_seen_at
FROM (
  SELECT
    s.*,
    lag(s.item_hash) OVER (PARTITION BY s.content_id ORDER BY s.sent_at, s.page_id, s.position) AS hash_before
  FROM sightings AS s
  JOIN touched USING (content_id)
  WHERE s.kind = %(kind)s AND s.item_hash IS NOT NULL
) AS seen
WHERE item_hash IS DISTINCT FROM hash_before
WINDOW in_order AS (PARTITION BY content_id ORDER BY sent_at, page_id, position)
