-- Notes what Watchmode says of the month's credits; what it said earlier than what is noted changes nothing. What was counted here is not lowered,
-- for some may be under way, unless Watchmode says less than it said before in this month: then its own month began anew, and what was counted
-- since it was asked is added. Where more was used than there is, no more is allowed than was used, so that what costs nothing may still be
-- asked. A month that it said to be spent (402) stays so for a day while it says what it said then.
WITH clock AS MATERIALIZED (
  SELECT ops.now() AS at, ops.period_start('month', %(zone)s, ops.now()) AS starts_on
), told AS (
  SELECT
    clock.starts_on,
    coalesce((
      SELECT c.used
      FROM streaming.watchmode_credits AS c
      WHERE c.read_at < %(read_at)s AND c.read_at >= clock.starts_on::timestamp AT TIME ZONE %(zone)s
      ORDER BY c.read_at DESC
      LIMIT 1
    ) > %(used)s::integer, false) AS is_anew,
    coalesce((
      SELECT
        b.spent_at > clock.at - interval '1 day' AND b.spent_at <= clock.at
        AND (said.quota, said.used) = (%(quota)s::integer, %(used)s::integer)
      FROM ops.budgets AS b
      CROSS JOIN LATERAL (
        SELECT c.quota, c.used
        FROM streaming.watchmode_credits AS c
        WHERE c.read_at <= b.spent_at + interval '1 minute'
        ORDER BY c.read_at DESC
        LIMIT 1
      ) AS said
      WHERE b.service = 'watchmode' AND b.period = 'month' AND b.zone = %(zone)s
    ), false) AS is_spent
  FROM clock
  WHERE NOT EXISTS (
    SELECT FROM streaming.watchmode_credits AS c
    WHERE c.read_at > %(read_at)s AND c.read_at <= clock.at
  )
), month AS (
  SELECT
    t.starts_on, t.is_anew, t.is_spent,
    CASE
      WHEN t.is_anew THEN %(used)s::integer + greatest(coalesce(u.used, 0) - %(counted)s::integer, 0)
      ELSE greatest(%(used)s::integer, coalesce(u.used, 0))
    END AS used
  FROM told AS t
  LEFT JOIN ops.budget_uses AS u
    ON u.service = 'watchmode' AND u.period = 'month' AND u.zone = %(zone)s AND t.starts_on = u.starts_on
), budget AS (
  INSERT INTO ops.budgets AS b (service, period, zone, allowed)
  SELECT 'watchmode', 'month', %(zone)s, CASE WHEN m.is_spent THEN m.used ELSE greatest(%(quota)s::integer, m.used) END
  FROM month AS m
  ON CONFLICT (service, period, zone) DO UPDATE SET
    allowed = excluded.allowed,
    spent_at = CASE WHEN (SELECT m.is_spent FROM month AS m) THEN b.spent_at END
), use AS (
  INSERT INTO ops.budget_uses AS u (service, period, zone, starts_on, used)
  SELECT 'watchmode', 'month', %(zone)s, m.starts_on, m.used
  FROM month AS m
  ON CONFLICT (service, period, zone, starts_on) DO UPDATE SET used = CASE  -- others may have counted meanwhile
    WHEN (SELECT m.is_anew FROM month AS m) THEN %(used)s::integer + greatest(u.used - %(counted)s::integer, 0)
    ELSE greatest(u.used, excluded.used)
  END
)
INSERT INTO streaming.watchmode_credits (read_at, run_id, quota, used)
VALUES (%(read_at)s, %(run_id)s, %(quota)s, %(used)s)
