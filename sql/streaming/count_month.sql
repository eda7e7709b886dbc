-- Units of Watchmode's that were counted this month.
SELECT coalesce(sum(u.used), 0)::integer AS counted
FROM ops.budget_uses AS u
WHERE
  u.service = 'watchmode' AND u.period = 'month' AND u.zone = %(zone)s
  AND u.starts_on = ops.period_start('month', %(zone)s, ops.now())
