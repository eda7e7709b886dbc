-- How many rows a replay compared, and how many of them differ, by table.
SELECT relation, count(*) AS compared, count(*) FILTER (WHERE p.content IS DISTINCT FROM m.content) AS different
FROM present_trending AS p
FULL JOIN made_trending AS m USING (relation, key)
GROUP BY relation
ORDER BY relation
