-- Lists every service's budgets with what the present period used of them. Changes nothing.
SELECT b.service, b.period, b.zone, b.allowed, coalesce(u.used, 0) AS used
FROM ops.budgets AS b
LEFT JOIN ops.budget_uses AS u
    ON b.service = u.service AND b.period = u.period AND b.zone = u.zone
    AND u.starts_on = ops.period_start(b.period, b.zone, ops.now())
ORDER BY b.service, b.period
