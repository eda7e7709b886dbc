-- Works that a block older than may be kept is lent to, though their own content is not.
SELECT DISTINCT c.work_id
FROM tmdb.contents AS c
CROSS JOIN LATERAL jsonb_each_text(c.block_pages) AS lent
JOIN tmdb.pages AS p ON p.page_id = lent.value::bigint
WHERE c.fetched_at >= tmdb.now() - %(keep)s::interval AND p.sent_at < tmdb.now() - %(keep)s::interval
ORDER BY c.work_id
