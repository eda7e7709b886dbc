-- Lists the open incidents, oldest first. Changes nothing.
SELECT key, summary, opened_at, alerted_at
FROM ops.incidents
WHERE closed_at IS NULL
ORDER BY opened_at, incident_id
