-- The answers that coming soon can be made from: of TMDB the newest usable one of each page of each region's list, of Watchmode every usable
-- one that is kept; a replay names those that were used.
SELECT
  newest.page_id, newest.service, newest.region, newest.params, newest.sent_at, newest.body
FROM (
  SELECT DISTINCT ON (p.region, p.params ->> 'page') p.page_id, p.service, p.region, p.params, p.sent_at, p.body
  FROM streaming.pages AS p
  WHERE
    p.service = 'tmdb' AND p.endpoint = 'upcoming' AND p.status = 200 AND p.problem IS NULL
    AND p.region = any(%(regions)s)
    AND coalesce(p.page_id = any(%(page_ids)s::bigint[]), true)
  ORDER BY p.region ASC, p.params ->> 'page' ASC, p.sent_at DESC, p.page_id DESC
) AS newest
UNION ALL
SELECT p.page_id, p.service, p.region, p.params, p.sent_at, p.body
FROM streaming.pages AS p
WHERE
  p.service = 'watchmode' AND p.endpoint = 'releases' AND p.status = 200 AND p.problem IS NULL
  AND coalesce(p.page_id = any(%(page_ids)s::bigint[]), true)
ORDER BY page_id
