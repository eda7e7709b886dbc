-- Lists the runs that the log holds as running, each with its last sign of life: its beginning, its newest page or its merge.
SELECT
  log.run_id, log.kind, log.started_at,
  greatest(log.started_at, fetched.last_at, merged.last_at) AS last_sign_at,
  ops.now() AS now
FROM hotstar_sync_log AS log
CROSS JOIN LATERAL (
  SELECT max(p.received_at) AS last_at
  FROM pages AS p
  WHERE p.kind = log.kind AND p.sent_at >= log.started_at AND p.run_id = log.run_id
) AS fetched
CROSS JOIN LATERAL (
  SELECT max(m.merged_at) AS last_at FROM hotstar.merges AS m WHERE m.kind = log.kind AND m.run_id = log.run_id
) AS merged
WHERE log.status = 'running'
ORDER BY log.id
