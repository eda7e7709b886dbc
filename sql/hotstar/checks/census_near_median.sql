-- The newest complete census, if its total is more than a twentieth away from the median of the eight before it.
WITH censuses AS (
  SELECT l.total, row_number() OVER (ORDER BY l.started_at DESC) AS place
  FROM listings AS l
  WHERE l.kind = %(kind)s AND l.purpose = 'census' AND l.status = 'complete'
), median AS (
  SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY c.total) AS total
  FROM censuses AS c
  WHERE c.place BETWEEN 2 AND 9
)
SELECT 'the newest census counts ' || c.total || ' items, the median of those before is ' || m.total AS offender
FROM censuses AS c
CROSS JOIN median AS m
WHERE c.place = 1 AND abs(c.total - m.total) > 0.05 * m.total
