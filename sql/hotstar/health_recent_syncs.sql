-- Lists the newest runs of a kind, newest first. Changes nothing.
SELECT
  sync_type, status, started_at, completed_at, duration_seconds, api_requests_made AS requests,
  items_added AS added, items_updated AS updated, items_unchanged AS unchanged, items_deleted AS deleted,
  items_restored AS restored, items_rejected AS rejected, errors -> -1 ->> 'message' AS message, run_id
FROM hotstar_sync_log
WHERE kind = %(kind)s
ORDER BY started_at DESC, id DESC
LIMIT %(count)s
