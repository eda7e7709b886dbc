-- Works whose offers are not those of their content.
SELECT t.media_type || ' ' || t.tmdb_id AS offender
FROM tmdb.contents AS c
JOIN tmdb.titles AS t USING (work_id)
JOIN tmdb.pages AS p ON p.page_id = coalesce((c.block_pages ->> 'watch/providers')::bigint, c.page_id)
LEFT JOIN streaming.tmdb_offers AS o USING (work_id)
WHERE 'watch/providers' = any(p.blocks) AND o.content_hash IS DISTINCT FROM c.content_hash
-- What was fetched since the newest merge waits for the next one.
AND c.fetched_at < ops.now() - interval '6 hours'
ORDER BY 1
