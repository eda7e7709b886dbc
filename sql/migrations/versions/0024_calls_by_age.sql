-- Calls are kept for 90 days, whichever service they went to.

CREATE INDEX api_calls_by_age ON ops.api_calls (sent_at);
COMMENT ON TABLE ops.api_calls IS 'Every attempt to call a service within the last 90 days. Holds no parameter and no credential.';
COMMENT ON VIEW ops.calls_by_endpoint IS 'Attempts to call services within the last 90 days by service, asset, endpoint, day (UTC) and status';
COMMENT ON VIEW tmdb.tmdb_api_logs IS 'Every attempt to call TMDB within the last 90 days: the platform''s call log';
COMMENT ON COLUMN tmdb.run_history.requests IS 'Attempts to call TMDB; they are kept for 90 days, so that an older run has none, nor any refused or failed';
