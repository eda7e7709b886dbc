-- Whether Watchmode said within the hour what is left of the month, and on the same day: whoever uses a day's units has compared clocks with it
-- on that day. A clock that was set back leaves times of the future, and then nothing is known.
SELECT count(*) > 0 AS is_read
FROM streaming.watchmode_credits AS c
WHERE
  c.read_at > ops.now() - interval '1 hour'
  AND NOT EXISTS (SELECT FROM streaming.watchmode_credits AS f WHERE f.read_at > ops.now() + interval '1 minute')
  AND c.read_at >= ops.period_start('day', %(zone)s, ops.now())::timestamp AT TIME ZONE %(zone)s
