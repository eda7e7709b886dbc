-- Notes that a service says that the month's units are used up: none is left of what is counted, until the service says otherwise.
INSERT INTO ops.budgets AS b (service, period, zone, allowed, spent_at)
SELECT %(service)s, 'month', %(zone)s, coalesce(max(u.used), 0), ops.now()
FROM ops.budget_uses AS u
WHERE
    u.service = %(service)s AND u.period = 'month' AND u.zone = %(zone)s
    AND u.starts_on = ops.period_start('month', %(zone)s, ops.now())
ON CONFLICT (service, period, zone) DO UPDATE SET allowed = excluded.allowed, spent_at = excluded.spent_at
