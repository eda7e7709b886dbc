-- What TMDB's terms forbid: pages with a body, or works, that are older than 180 days.
SELECT 'page ' || p.page_id || ' of ' || p.sent_at::date AS offender
FROM tmdb.pages AS p
WHERE p.sent_at < ops.now() - interval '180 days' AND p.body_bytes > 0
UNION ALL
SELECT 'work ' || c.work_id || ' of ' || c.fetched_at::date
FROM tmdb.contents AS c
WHERE c.fetched_at < ops.now() - interval '180 days'
