-- How many known items the service last updated in each second (null: no update time), neighbouring seconds taken together so that
-- about 20,000 rows come of any number of items. Those a census missed are left out.
WITH seconds AS (
  SELECT update_s, count(*) AS items
  FROM items
  WHERE kind = %(kind)s AND deletion_reason IS DISTINCT FROM 'missing'
  GROUP BY update_s
), running AS (
  SELECT update_s, items, sum(items) OVER (ORDER BY update_s) AS upto, sum(items) OVER () / 20000 + 1 AS share
  FROM seconds
)
SELECT max(update_s) AS update_s, sum(items)::bigint AS items
FROM running
GROUP BY update_s IS NULL, div(upto - 1, div(share, 1))
ORDER BY max(update_s)
