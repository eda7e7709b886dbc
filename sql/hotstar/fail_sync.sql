-- Closes the log row of a run and kind as failed, with the error that ended it.
UPDATE hotstar_sync_log SET
  status = 'failed',
  completed_at = ops.now(),
  errors = errors || %(error)s
WHERE run_id = %(run_id)s AND kind = %(kind)s AND status = 'running'
