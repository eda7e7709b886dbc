-- Notes what Watchmode says of the month's credits. What was counted here is not lowered, for some may be under way, unless Watchmode says less
-- than it said before: then its month began anew, and what was counted since it was asked is added. Where more was used than there is, no more
-- is allowed than was used, so that what costs nothing may still be asked. A month that it said to be spent (402) stays so for a day while it
-- says what it said then. What it said earlier than what is noted changes nothing.
WITH clock AS MATERIALIZED (
  SELECT ops.now() AS at, ops.period_start('month', %(zone)s, ops.now()) AS starts_on
), before AS (
  SELECT c.quota, c.used
  FROM streaming.watchmode_credits AS c
  WHERE c.read_at < %(read_at)s
  ORDER BY c.read_at DESC
  LIMIT 1
), month AS (
  SELECT
    clock.at, clock.starts_on,
    CASE
      WHEN (SELECT b.used FROM before AS b) > %(used)s::integer
        THEN %(used)s::integer + greatest(coalesce(counted.used, 0) - %(counted)s::integer, 0)
      ELSE greatest(%(used)s::integer, coalesce(counted.used, 0))
    END AS used,
    coalesce((
      SELECT
        b.spent_at > clock.at - interval '1 day' AND b.spent_at <= clock.at
        AND (said.quota, said.used) = (%(quota)s::integer, %(used)s::integer)
      FROM ops.budgets AS b
      CROSS JOIN LATERAL (
        SELECT c.quota, c.used
        FROM streaming.watchmode_credits AS c
        WHERE c.read_at <= b.spent_at
        ORDER BY c.read_at DESC
        LIMIT 1
      ) AS said
      WHERE b.service = 'watchmode' AND b.period = 'month' AND b.zone = %(zone)s
    ), false) AS is_spent
  FROM clock
  LEFT JOIN ops.budget_uses AS counted
    ON
      counted.service = 'watchmode' AND counted.period = 'month' AND counted.zone = %(zone)s
      AND clock.starts_on = counted.starts_on
  WHERE NOT EXISTS (
    SELECT FROM streaming.watchmode_credits AS c
    WHERE c.read_at > %(read_at)s AND c.read_at <= clock.at
  )
), budget AS (
  INSERT INTO ops.budgets AS b (service, period, zone, allowed)
  SELECT 'watchmode', 'month', %(zone)s, greatest(%(quota)s::integer, m.used)
  FROM month AS m
  ON CONFLICT (service, period, zone) DO UPDATE SET
    allowed = CASE WHEN (SELECT m.is_spent FROM month AS m) THEN (SELECT m.used FROM month AS m) ELSE excluded.allowed END,
    spent_at = CASE WHEN (SELECT m.is_spent FROM month AS m) THEN b.spent_at END
), use AS (
  INSERT INTO ops.budget_uses AS u (service, period, zone, starts_on, used)
  SELECT 'watchmode', 'month', %(zone)s, m.starts_on, m.used
  FROM month AS m
  ON CONFLICT (service, period, zone, starts_on) DO UPDATE SET used = excluded.used
)
INSERT INTO streaming.watchmode_credits (read_at, run_id, quota, used)
VALUES (%(read_at)s, %(run_id)s, %(quota)s, %(used)s)
