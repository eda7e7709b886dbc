-- Logs attempts to call a service, many at once. Holds no parameter and no credential.
INSERT INTO ops.api_calls
(service, endpoint, sent_at, status, ms, bytes, attempt, failure, request_id, run_id, asset)
SELECT c.service, c.endpoint, c.sent_at, c.status, c.ms, c.bytes, c.attempt, c.failure, c.request_id, %(run_id)s, %(asset)s
FROM jsonb_to_recordset(%(calls)s) AS c (
  service text, endpoint text, sent_at timestamptz, status integer, ms integer, bytes integer, attempt integer, failure text, request_id text
)
