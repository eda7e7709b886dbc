-- The newest usable answer of a key, and whether it is fresh; no row where there never was one.
SELECT
    p.page_id,
    p.body,
    p.etag,
    confirmed.at AS sent_at,
    -- A clock that was ahead leaves answers of the future.
    coalesce(confirmed.at + t.ttl > ops.now() AND confirmed.at <= ops.now() + interval '1 minute', false) AS is_fresh
FROM {pages} AS p
LEFT JOIN streaming.ttls AS t ON t.rule = %(rule)s
CROSS JOIN LATERAL (
    SELECT max(n.sent_at) AS at
    FROM {pages} AS n
    WHERE n.cache_key = p.cache_key AND n.problem IS NULL AND n.status IN (200, 304)
) AS confirmed
WHERE p.cache_key = %(cache_key)s AND p.problem IS NULL AND p.status = 200
ORDER BY p.sent_at DESC, p.page_id DESC
LIMIT 1
