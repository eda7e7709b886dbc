-- Deletes some of the events without an asset that are older than a time and whose runs are over. What names an asset stays:
-- materialisations tell which days are filled.
DELETE FROM event_logs AS e
WHERE e.id IN (
  SELECT o.id
  FROM event_logs AS o
  WHERE
    o.asset_key IS NULL AND o.timestamp < %(before)s::timestamptz AT TIME ZONE 'UTC'
    AND NOT EXISTS (SELECT FROM runs AS r WHERE r.run_id = o.run_id AND r.status NOT IN ('SUCCESS', 'FAILURE', 'CANCELED'))
  ORDER BY o.id
  LIMIT %(most)s
)
