-- Ends the log rows that finished runs left as running.
UPDATE tmdb.scheduled_ingestion_log AS l SET
  status = 'failed', error = coalesce(l.error || ' ', '') || %(error)s, completed_at = ops.now(),
  duration_ms = extract(EPOCH FROM ops.now() - l.created_at) * 1000
WHERE l.status = 'running' AND l.run_id = any(%(run_ids)s)
RETURNING l.run_id
