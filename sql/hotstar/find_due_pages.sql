-- The pages of a kind that the policy does not ask to keep, in order of sending: those of update listings sent before some days ago, and
-- others sent before the last few complete censuses of the kind (or of the item it is listed by) began. None of a listing under way, none
-- that waits for a merge, none sent after one that does: a page merged late can make a version begin on a later one. Changes nothing.
WITH kept_since AS MATERIALIZED (
  SELECT c.scope, min(c.started_at) AS at
  FROM merged_censuses AS c
  WHERE c.kind = %(kind)s AND c.place <= %(keep_censuses)s
  GROUP BY c.scope
  HAVING count(*) = %(keep_censuses)s
), waiting AS MATERIALIZED (
  SELECT min(w.sent_at) AS since
  FROM pages AS w
  WHERE w.kind = %(kind)s AND NOT EXISTS (SELECT FROM page_merges AS m WHERE m.page_id = w.page_id)
)
SELECT p.page_id
FROM pages AS p
JOIN page_merges USING (page_id)
JOIN listings AS l USING (listing_id)
JOIN parts AS part USING (part_id)
CROSS JOIN waiting
WHERE
  p.kind = %(kind)s AND p.body IS NOT NULL AND l.status <> 'running'
  AND p.sent_at < coalesce(waiting.since, 'infinity')
  AND p.sent_at < CASE l.purpose
    WHEN 'update' THEN ops.now() - make_interval(days => %(keep_update_days)s)
    WHEN 'census' THEN (SELECT k.at FROM kept_since AS k WHERE k.scope = '')
    ELSE (SELECT k.at FROM kept_since AS k WHERE k.scope = part.filters ->> %(scope_field)s::text)
  END
ORDER BY p.sent_at, p.page_id
