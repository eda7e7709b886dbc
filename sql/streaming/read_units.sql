-- Units of Watchmode that are left: now, today and this month; of a period without a budget null.
SELECT
  min(u.remaining_this_hour)::integer AS now,
  min(u.remaining) FILTER (WHERE u.period = 'day')::integer AS today,
  min(u.remaining) FILTER (WHERE u.period = 'month')::integer AS month
FROM streaming.watchmode_units AS u
