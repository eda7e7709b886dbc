-- Keeps which alert went out where, so that a webhook that fails is tried again without mailing twice.
-- Leaves the incidents themselves alone.

CREATE TABLE ops.alerts (
    incident_id bigint NOT NULL REFERENCES ops.incidents,
    event text NOT NULL CHECK (event IN ('opened', 'recovered')),
    channel text NOT NULL,
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (incident_id, event, channel)
);
COMMENT ON TABLE ops.alerts IS 'What was told where: a row an incident, event and channel, written when the channel took it.';
COMMENT ON COLUMN ops.alerts.incident_id IS 'The incident.';
COMMENT ON COLUMN ops.alerts.event IS 'opened: that it began; recovered: that it is over.';
COMMENT ON COLUMN ops.alerts.channel IS 'log, webhook or mail; never an address.';
COMMENT ON COLUMN ops.alerts.sent_at IS 'When the channel took it, by the database''s clock.';
COMMENT ON COLUMN ops.incidents.alerted_at IS 'When every channel had taken its alert; null until then. ops.alerts says which did.';
COMMENT ON COLUMN ops.incidents.recovery_alerted_at IS 'When every channel had taken its recovery; null until then.';

DO $body$
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS r WHERE r.rolname = 'catalog_ops') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON ops.alerts TO catalog_ops;
    END IF;
END
$body$;
