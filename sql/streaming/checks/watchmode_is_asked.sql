-- Watchmode, where it was asked within a day for the month's credits but did not say for as long what they are: it is down, refuses the key, or
-- its clock shows another time than the database's.
SELECT
  CASE
    WHEN newest.failure IS NOT NULL OR newest.status >= 400
      THEN 'the newest call failed: ' || coalesce(newest.failure, 'HTTP ' || newest.status)
    ELSE 'its newest answer was not used: its clock and the database''s differ, or it does not say what is left of the month'
  END AS offender
FROM (
  SELECT a.sent_at, a.failure, a.status
  FROM ops.api_calls AS a
  WHERE a.service = 'watchmode' AND a.endpoint = '/v1/status'
  ORDER BY a.sent_at DESC
  LIMIT 1
) AS newest
WHERE
  newest.sent_at > ops.now() - interval '1 day'
  AND NOT EXISTS (SELECT FROM streaming.watchmode_credits AS c WHERE c.read_at > ops.now() - interval '1 day')
