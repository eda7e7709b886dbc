-- Lists the runs that the log holds as running, each with its last sign of life: its beginning, its newest page or its merge.
SELECT
  log.run_id, log.kind, log.started_at,
  greatest(
    log.started_at,
    (SELECT max(p.received_at) FROM pages AS p WHERE p.kind = log.kind AND p.sent_at >= log.started_at AND p.run_id = log.run_id),
    (SELECT max(m.merged_at) FROM merges AS m WHERE m.kind = log.kind AND m.run_id = log.run_id)
  ) AS last_sign_at,
  ops.now() AS now
FROM hotstar_sync_log AS log
WHERE log.status = 'running'
ORDER BY log.id
