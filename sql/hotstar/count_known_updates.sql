-- How many known items the service last updated in each second (null: no update time). Those a census missed are left out.
SELECT update_s, count(*) AS items
FROM items
WHERE kind = %(kind)s AND deletion_reason IS DISTINCT FROM 'missing'
GROUP BY update_s
ORDER BY update_s
