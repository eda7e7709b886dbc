-- Lists what some channel has not been told yet, oldest first. One that closed before anybody was told is nobody's business.
SELECT i.incident_id, i.key, i.summary, i.opened_at, i.closed_at, untold.event, ops.now() - i.opened_at AS age
FROM ops.incidents AS i
CROSS JOIN LATERAL (
    SELECT 'opened' AS event, i.opened_at AS at
    WHERE i.alerted_at IS NULL
    UNION ALL
    SELECT 'recovered', i.closed_at
    WHERE i.recovery_alerted_at IS NULL AND i.closed_at IS NOT NULL
) AS untold
WHERE i.closed_at IS NULL OR EXISTS (SELECT FROM ops.alerts AS a WHERE a.incident_id = i.incident_id)
ORDER BY untold.at, i.incident_id
