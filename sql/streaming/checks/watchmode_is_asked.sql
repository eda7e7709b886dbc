-- Watchmode, where it was called within a day but did not say for as long how many credits are left: it is down, or refuses the key.
SELECT 'the newest call failed: ' || coalesce(newest.failure, 'HTTP ' || newest.status) AS offender
FROM (
  SELECT a.sent_at, a.failure, a.status
  FROM ops.api_calls AS a
  WHERE a.service = 'watchmode'
  ORDER BY a.sent_at DESC
  LIMIT 1
) AS newest
WHERE
  newest.sent_at > ops.now() - interval '1 day' AND (newest.failure IS NOT NULL OR newest.status >= 400)
  AND NOT EXISTS (SELECT FROM streaming.watchmode_credits AS c WHERE c.read_at > ops.now() - interval '1 day')
