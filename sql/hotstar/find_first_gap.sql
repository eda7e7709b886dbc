-- Of a day under way: its first moment of update time that nothing has listed. Null for a day that is over or to come.
WITH censused AS (
  SELECT max(started_at) - interval '1 hour' AS until
  FROM listings
  WHERE kind = %(kind)s AND purpose = 'census' AND status = 'complete'
), listed AS (
  SELECT covered FROM coverage WHERE kind = %(kind)s
  UNION ALL
  SELECT tstzrange(NULL, until) FROM censused WHERE until IS NOT NULL
)
SELECT coalesce(
  lower(tstzmultirange(tstzrange(%(day_start)s, ops.now())) - (SELECT coalesce(range_agg(covered), '{}') FROM listed)),
  ops.now()
)
WHERE ops.now() >= %(day_start)s::timestamptz AND ops.now() < %(day_end)s::timestamptz
