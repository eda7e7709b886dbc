-- Begins the log row of a run and kind; a run that begins again keeps its row. Until a complete census is merged, a load is the initial one.
INSERT INTO hotstar_sync_log (kind, sync_type, run_id, started_at)
SELECT
  %(kind)s,
  CASE
    WHEN %(sync_type)s IN ('census', 'round') AND NOT EXISTS (
      SELECT FROM merges WHERE kind = %(kind)s AND census_id IS NOT NULL
    ) THEN 'initial'
    ELSE %(sync_type)s
  END,
  %(run_id)s,
  ops.now()
ON CONFLICT (run_id, kind) DO UPDATE SET status = 'running', completed_at = NULL
RETURNING id
