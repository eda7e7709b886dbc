-- How many events without an asset are older than a time although their runs are over. Changes nothing.
SELECT count(*)
FROM event_logs AS e
WHERE
  e.asset_key IS NULL AND e.timestamp < %(before)s::timestamptz AT TIME ZONE 'UTC'
  AND NOT EXISTS (SELECT FROM runs AS r WHERE r.run_id = e.run_id AND r.status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED'))
