-- The next pages that bring details, with what was found of each when it was stored.
SELECT p.page_id, p.media_type, p.tmdb_id, p.blocks, p.problem, p.body
FROM tmdb.pages AS p
WHERE p.endpoint = 'details' AND p.status = 200 AND p.page_id > %(after)s
ORDER BY p.page_id
LIMIT %(most)s
