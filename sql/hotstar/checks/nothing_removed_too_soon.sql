-- Pages whose body went in the last two days although the policy that the run followed asks to keep them, or before a merge took them.
WITH recent AS MATERIALIZED (
  SELECT r.* FROM removals AS r WHERE r.removed_at > ops.now() - interval '2 days'
), made AS (
  SELECT m.merge_id, m.merged_at FROM hotstar.merges AS m
), ended AS (
  SELECT
    r.removal_id, r.keep_censuses, c.scope, c.started_at,
    row_number() OVER (PARTITION BY r.removal_id, c.scope ORDER BY c.started_at DESC) AS place
  FROM recent AS r
  JOIN merged_censuses AS c ON r.kind = c.kind
  JOIN made AS m ON c.merge_id = m.merge_id AND r.removed_at >= m.merged_at
), kept_since AS MATERIALIZED (
  SELECT e.removal_id, e.scope, e.started_at AS since FROM ended AS e WHERE e.place = e.keep_censuses
)
SELECT 'page ' || p.page_id || ' of ' || p.kind || ', sent ' || p.sent_at AS offender
FROM recent AS r
JOIN pages AS p USING (removal_id)
JOIN listings AS l USING (listing_id)
JOIN parts AS part USING (part_id)
LEFT JOIN page_merges AS taken ON p.page_id = taken.page_id
LEFT JOIN made AS m ON taken.merge_id = m.merge_id
LEFT JOIN kept_since AS k
  ON
    r.removal_id = k.removal_id
    AND k.scope = CASE l.purpose WHEN 'census' THEN '' ELSE (SELECT max(f.value) FROM jsonb_each_text(part.filters) AS f) END
WHERE
  m.merged_at IS NULL OR m.merged_at > r.removed_at
  OR p.sent_at >= CASE l.purpose
    WHEN 'update' THEN r.removed_at - make_interval(days => r.keep_update_days)
    ELSE coalesce(k.since, '-infinity')
  END
