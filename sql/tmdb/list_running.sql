-- The runs that the log holds as running, each with its last sign of life: its beginning or its newest answer.
SELECT
  l.run_id,
  greatest(l.created_at, (SELECT max(p.received_at) FROM tmdb.pages AS p WHERE p.run_id = l.run_id)) AS last_sign_at,
  ops.now() AS now
FROM tmdb.scheduled_ingestion_log AS l
WHERE l.status = 'running'
ORDER BY l.log_id
