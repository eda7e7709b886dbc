-- The ranges of update time that nothing lists, between the newest complete census and the end of what is covered.
WITH since AS (
  SELECT started_at - interval '1 hour' AS first FROM newest_censuses WHERE kind = %(kind)s
), covered AS (
  SELECT range_agg(covered) AS ranges, max(upper(covered)) AS last FROM coverage WHERE kind = %(kind)s
)
SELECT lower(hole) AS start, upper(hole) AS "end"
FROM since, covered, unnest(tstzmultirange(tstzrange(since.first, greatest(since.first, covered.last))) - covered.ranges) AS hole
ORDER BY lower(hole)
