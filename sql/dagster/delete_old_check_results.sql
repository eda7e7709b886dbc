-- Deletes some results of checks older than a time, but the newest completed one of each check and what came after it: the UI and
-- `catalog status` read that one.
WITH newest AS MATERIALIZED (
  SELECT c.asset_key, c.check_name, c.partition, max(c.id) AS id
  FROM asset_check_executions AS c
  WHERE c.execution_status IN ('SUCCEEDED', 'FAILED')
  GROUP BY c.asset_key, c.check_name, c.partition
)
DELETE FROM asset_check_executions AS e
WHERE e.id IN (
  SELECT c.id
  FROM asset_check_executions AS c
  JOIN newest AS n
    ON c.asset_key = n.asset_key AND c.check_name = n.check_name AND c.partition IS NOT DISTINCT FROM n.partition AND c.id < n.id
  WHERE
    c.create_timestamp < %(before)s::timestamptz AT TIME ZONE 'UTC'
    AND NOT EXISTS (SELECT FROM runs AS r WHERE r.run_id = c.run_id AND r.status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED'))
  ORDER BY c.id
  LIMIT %(most)s
)
