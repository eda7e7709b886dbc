-- Days and months of which more units were used than there are, and days on which more was asked than had a unit. A call may leave just after
-- the day whose unit it has.
SELECT u.period || ' of ' || u.starts_on || ': ' || u.used || ' of ' || b.allowed || ' units' AS offender
FROM ops.budget_uses AS u
JOIN ops.budgets AS b USING (service, period, zone)
WHERE u.service = 'watchmode' AND u.starts_on = ops.period_start(u.period, u.zone, ops.now()) AND u.used > b.allowed
UNION ALL
SELECT 'day of ' || d.day || ': ' || d.calls || ' calls with ' || d.units || ' units'
FROM (
  SELECT sent.day, sent.calls, sent.units, lag(sent.units - sent.calls, 1, 0) OVER (ORDER BY sent.day) AS left_before
  FROM (
    SELECT c.day, c.units::bigint AS units, (
      SELECT count(*)
      FROM ops.api_calls AS a
      WHERE
        a.service = 'watchmode' AND a.sent_at >= c.day::timestamp AT TIME ZONE 'UTC' AND a.sent_at < (c.day + 1)::timestamp AT TIME ZONE 'UTC'
        AND NOT starts_with(a.endpoint, '/v1/status') AND NOT starts_with(a.endpoint, '/datasets/')
        AND (a.status IS NOT NULL OR a.failure = 'timeout')
    ) AS calls
    FROM streaming.watchmode_calls AS c
  ) AS sent
) AS d
WHERE d.calls > d.units + greatest(d.left_before, 0)
