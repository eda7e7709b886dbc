-- Begins the log row of a run, unless an asset of the run did.
INSERT INTO tmdb.scheduled_ingestion_log (run_id, source, trigger_type, created_at)
VALUES (%(run_id)s, %(source)s, %(trigger_type)s, ops.now())
ON CONFLICT (run_id) DO NOTHING
