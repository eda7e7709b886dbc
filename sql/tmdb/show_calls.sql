-- What was asked of TMDB within a week, as the UI shows it.
SELECT
  c.day::text AS day, c.asset, c.endpoint, coalesce(c.status::text, 'none') AS status, c.calls, c.p50_ms::float8 AS p50_ms,
  c.p95_ms::float8 AS p95_ms, c.bytes::bigint AS bytes, c.top_error
FROM ops.calls_by_endpoint AS c
WHERE c.service = 'tmdb' AND c.day >= (ops.now() AT TIME ZONE 'UTC')::date - 6
ORDER BY c.day DESC, c.calls DESC, c.endpoint ASC, status ASC
LIMIT 100
