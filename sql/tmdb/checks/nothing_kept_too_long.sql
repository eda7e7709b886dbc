-- What TMDB's terms forbid: answers, works, blocks lent to them, titles in the log and images that are older than 180 days.
SELECT 'page ' || p.page_id || ' of ' || p.sent_at::date AS offender
FROM tmdb.pages AS p
WHERE p.sent_at < tmdb.now() - interval '180 days'
UNION ALL
SELECT 'work ' || c.work_id || ' of ' || c.fetched_at::date
FROM tmdb.contents AS c
WHERE c.fetched_at < tmdb.now() - interval '180 days'
UNION ALL
SELECT 'work ' || c.work_id || ': ' || lent.key || ' of ' || p.sent_at::date
FROM tmdb.contents AS c
CROSS JOIN LATERAL jsonb_each_text(c.block_pages) AS lent
JOIN tmdb.pages AS p ON p.page_id = lent.value::bigint
WHERE p.sent_at < tmdb.now() - interval '180 days'
UNION ALL
SELECT 'titles in the log of run ' || l.run_id
FROM tmdb.scheduled_ingestion_log AS l
WHERE l.created_at < tmdb.now() - interval '180 days' AND (l.ingested_titles <> '{}' OR l.failed_titles <> '{}')
UNION ALL
SELECT 'image ' || i.name || ' of ' || i.fetched_at::date
FROM tmdb.images AS i
WHERE i.fetched_at < tmdb.now() - interval '180 days'
