-- Logs one attempt to call a service, at the present time if it never left. Holds no parameter and no credential.
INSERT INTO ops.api_calls
(service, endpoint, sent_at, status, ms, bytes, attempt, failure, request_id, run_id, asset)
VALUES (
    %(service)s, %(endpoint)s, coalesce(%(sent_at)s, ops.now()), %(status)s, %(ms)s, %(bytes)s, %(attempt)s, %(failure)s,
    %(request_id)s, %(run_id)s, %(asset)s
)
