-- The first moment of update time that nothing has listed, from the end of what is covered or the beginning of a day under way,
-- whichever is earlier. Null for a day that is over or to come.
WITH listed AS (
  SELECT covered FROM coverage WHERE kind = %(kind)s
  UNION ALL
  SELECT tstzrange(NULL, started_at - interval '1 hour') FROM newest_censuses WHERE kind = %(kind)s
), known AS (
  SELECT
    coalesce(range_agg(covered), '{}') AS ranges,
    tstzrange(least(%(day_start)s::timestamptz, max(upper(covered))), ops.now()) AS until_now
  FROM listed
)
SELECT coalesce(lower(tstzmultirange(known.until_now) - known.ranges), ops.now())
FROM known
WHERE ops.now() >= %(day_start)s::timestamptz AND ops.now() < %(day_end)s::timestamptz
