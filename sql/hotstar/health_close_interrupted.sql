-- Closes as failed what the log holds as running although the run is over: it was killed before it could say so itself.
UPDATE hotstar_sync_log SET
  status = 'failed',
  completed_at = greatest(ops.now(), started_at),
  errors = errors || jsonb_build_array(jsonb_build_object(
    'type', 'Interrupted', 'message', %(message)s::text, 'request', NULL, 'item', NULL, 'stack', NULL
  ))
WHERE status = 'running' AND run_id = any(%(run_ids)s)
RETURNING run_id, kind
