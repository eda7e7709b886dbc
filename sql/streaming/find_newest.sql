-- The newest answer of a key that came with a body, usable or not; no row where there never was one.
SELECT
    p.body,
    p.etag,
    p.problem
FROM {pages} AS p
WHERE p.cache_key = %(cache_key)s AND p.status = 200
ORDER BY p.sent_at DESC, p.page_id DESC
LIMIT 1
