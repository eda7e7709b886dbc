-- Stores one answer.
INSERT INTO tmdb.pages (
  endpoint, media_type, source, tmdb_id, path, params, status, etag, sent_at, received_at, body, body_bytes, body_sha256, blocks, problem, run_id
)
VALUES (
  %(endpoint)s, %(media_type)s, %(source)s, %(tmdb_id)s, %(path)s, %(params)s, %(status)s, %(etag)s, %(sent_at)s, %(received_at)s,
  %(body)s, %(body_bytes)s, %(body_sha256)s, %(blocks)s, %(problem)s, %(run_id)s
)
RETURNING page_id
