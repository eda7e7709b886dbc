-- How many rows a replay compared, and how many of them differ, by table.
SELECT relation, count(*) AS compared, count(*) FILTER (WHERE p.content IS DISTINCT FROM m.content) AS different
FROM present_{subject} AS p
FULL JOIN made_{subject} AS m USING (relation, key)
WHERE relation = any(%(relations)s)
GROUP BY relation
ORDER BY relation
