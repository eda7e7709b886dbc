-- Notes that every channel was told of an incident's beginning or end, if that is not noted yet.
UPDATE ops.incidents
SET
    alerted_at = CASE WHEN %(event)s = 'opened' THEN coalesce(alerted_at, ops.now()) ELSE alerted_at END,
    recovery_alerted_at = CASE
        WHEN %(event)s = 'recovered' THEN coalesce(recovery_alerted_at, ops.now()) ELSE recovery_alerted_at
    END
WHERE incident_id = %(incident_id)s
