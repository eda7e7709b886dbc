-- Keeps that a channel took an alert.
INSERT INTO ops.alerts (incident_id, event, channel, sent_at)
VALUES (%(incident_id)s, %(event)s, %(channel)s, ops.now())
