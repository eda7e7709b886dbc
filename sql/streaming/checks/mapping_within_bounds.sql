-- A newest file of ids that was refused, or a table that has other numbers of rows than its newest load.
SELECT 'load ' || l.load_id || ' of ' || l.loaded_at::date || ' was refused: ' || l.refused AS offender
FROM streaming.id_map_loads AS l
WHERE l.load_id = (SELECT max(n.load_id) FROM streaming.id_map_loads AS n) AND l.refused IS NOT NULL
UNION ALL
SELECT found.rows || ' mappings, of ' || l.mapped || ' of load ' || l.load_id
FROM (SELECT count(*) AS rows FROM streaming.id_mappings) AS found
JOIN streaming.id_map_loads AS l
  ON l.load_id = (SELECT max(n.load_id) FROM streaming.id_map_loads AS n WHERE n.refused IS NULL)
WHERE found.rows <> l.mapped AND l.verified_at > ops.now() - interval '30 days'
