-- Stores one answer as it came; returns its number.
INSERT INTO {pages} (
    service, endpoint, rule, cache_key, media_type, tmdb_id, region, time_window, path, params, status, etag,
    sent_at, received_at, body, body_bytes, body_sha256, problem, run_id
)
VALUES (
    %(service)s, %(endpoint)s, %(rule)s, %(cache_key)s, %(media_type)s, %(tmdb_id)s, %(region)s, %(time_window)s,
    %(path)s, %(params)s, %(status)s, %(etag)s, %(sent_at)s, %(received_at)s, %(body)s, %(body_bytes)s,
    %(body_sha256)s, %(problem)s, %(run_id)s
)
RETURNING page_id
