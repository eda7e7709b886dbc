-- Notes what Watchmode says of the month's credits. What was counted here is never lowered: some may be under way. Where more was used than
-- there is, no more is allowed than was used, so that what costs nothing may still be asked.
WITH month AS (
  SELECT
    ops.period_start('month', %(zone)s, ops.now()) AS starts_on,
    greatest(%(used)s::integer, coalesce((
      SELECT u.used
      FROM ops.budget_uses AS u
      WHERE
        u.service = 'watchmode' AND u.period = 'month' AND u.zone = %(zone)s
        AND u.starts_on = ops.period_start('month', %(zone)s, ops.now())
    ), 0)) AS used
), budget AS (
  INSERT INTO ops.budgets AS b (service, period, zone, allowed)
  SELECT 'watchmode', 'month', %(zone)s, greatest(%(quota)s::integer, m.used)
  FROM month AS m
  ON CONFLICT (service, period, zone) DO UPDATE SET allowed = excluded.allowed
), use AS (
  INSERT INTO ops.budget_uses AS u (service, period, zone, starts_on, used)
  SELECT 'watchmode', 'month', %(zone)s, m.starts_on, m.used
  FROM month AS m
  ON CONFLICT (service, period, zone, starts_on) DO UPDATE SET used = greatest(u.used, excluded.used)
)
INSERT INTO streaming.watchmode_credits (read_at, run_id, quota, used)
VALUES (%(read_at)s, %(run_id)s, %(quota)s, %(used)s)
