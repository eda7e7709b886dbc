-- The first rows of each table that a replay made otherwise, as they are and as they were made.
WITH numbered AS (
    SELECT relation, key, p.content AS present, m.content AS made, row_number() OVER (PARTITION BY relation ORDER BY key) AS number
    FROM present_{subject} AS p
    FULL JOIN made_{subject} AS m USING (relation, key)
    WHERE relation = any(%(relations)s) AND p.content IS DISTINCT FROM m.content
)

SELECT n.relation, n.key, n.present, n.made
FROM numbered AS n
WHERE n.number <= %(shown)s
ORDER BY n.relation, n.number
