-- Decides for every candidate whether it is deleted, why and since when. Candidates are the items seen in this merge, those that
-- expired, or did not by a clock that was set back, those withheld before, and after a new census every item. It changes nothing.
CREATE TEMP TABLE decisions ON COMMIT DROP AS
WITH candidates AS (
  SELECT i.content_id FROM items AS i WHERE i.kind = %(kind)s AND %(every)s
  UNION
  SELECT i.content_id
  FROM items AS i
  WHERE
    i.kind = %(kind)s AND NOT %(every)s AND NOT i.is_deleted AND i.end_date_s > 0
    AND i.end_date_s <= extract(EPOCH FROM %(merged_at)s::timestamptz)
  UNION
  SELECT i.content_id
  FROM items AS i
  WHERE
    i.kind = %(kind)s AND NOT %(every)s AND i.deletion_reason = 'expired'
    AND i.end_date_s > extract(EPOCH FROM %(merged_at)s::timestamptz)
  UNION
  SELECT s.content_id
  FROM sightings AS s
  JOIN page_merges AS m USING (page_id)
  WHERE m.merge_id = %(merge_id)s AND NOT %(every)s
  UNION
  SELECT w.content_id FROM withheld_deletions AS w WHERE w.kind = %(kind)s AND NOT %(every)s
), last_seen AS (
  -- Either way gives the same: one scan for all items, or one look for each of a few.
  SELECT s.content_id, max(s.sent_at) AS at FROM sightings AS s WHERE s.kind = %(kind)s AND %(every)s GROUP BY s.content_id
  UNION ALL
  SELECT c.content_id, (SELECT max(s.sent_at) FROM sightings AS s WHERE s.kind = %(kind)s AND s.content_id = c.content_id)
  FROM candidates AS c
  WHERE NOT %(every)s
), judged AS MATERIALIZED (
  SELECT
    i.content_id, i.title, i.is_deleted AS was_deleted, i.deletion_reason AS was_reason,
    b.content_id IS NOT NULL AS is_new,
    missed.missing_at,
    CASE WHEN i.asset_status = 'UNPUBLISHED' THEN coalesce(
      (
        SELECT max(v.valid_to)
        FROM item_versions AS v
        WHERE v.kind = i.kind AND v.content_id = i.content_id AND v.item ->> 'assetStatus' IS DISTINCT FROM 'UNPUBLISHED'
      ), i.first_seen_at
    ) END AS unpublished_at,
    CASE WHEN i.end_date_s > 0 AND i.end_date_s <= extract(EPOCH FROM %(merged_at)s::timestamptz) THEN greatest(
      to_timestamp(i.end_date_s), coalesce(
        (
          SELECT max(v.valid_to)
          FROM item_versions AS v
          WHERE
            v.kind = i.kind AND v.content_id = i.content_id
            AND (v.item ->> 'endDate')::bigint IS DISTINCT FROM i.end_date_s
        ), i.first_seen_at
      )
    ) END AS expired_at
  FROM candidates
  JOIN items AS i ON candidates.content_id = i.content_id AND i.kind = %(kind)s
  JOIN last_seen ON i.content_id = last_seen.content_id
  LEFT JOIN before_merge AS b ON i.content_id = b.content_id AND b.known_hash IS NULL
  LEFT JOIN LATERAL (
    SELECT u.completed_at AS missing_at
    FROM usable_censuses AS u
    WHERE
      u.scope = i.scope
      AND u.started_at >= last_seen.at + interval '1 hour'
      -- Implied, and known before the censuses are looked through: hardly an item of a first load needs that.
      AND last_seen.at + interval '1 hour' <= (SELECT max(last.started_at) FROM usable_censuses AS last)
      AND u.listing_began_at <= (SELECT newest.started_at FROM listings AS newest WHERE newest.listing_id = %(census_id)s)
    ORDER BY u.started_at
    OFFSET %(censuses_to_miss)s - 1
    LIMIT 1
  ) AS missed ON true
)
SELECT
  content_id, title, was_deleted, was_reason, is_new,
  CASE
    WHEN missing_at IS NOT NULL THEN 'missing'
    WHEN unpublished_at IS NOT NULL THEN 'unpublished'
    WHEN expired_at IS NOT NULL THEN 'expired'
  END AS reason,
  least(missing_at, unpublished_at, expired_at) AS deleted_at
FROM judged
