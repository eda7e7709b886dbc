-- The newest runs that asked TMDB, as the UI shows them: times UTC.
SELECT
  h.run_id, h.source, h.trigger_type, h.status, date_trunc('second', h.started_at AT TIME ZONE 'UTC')::text AS started_at,
  round(h.duration_ms / 1000.0, 1)::float8 AS seconds, h.movies_checked AS checked, h.movies_skipped AS skipped,
  h.movies_ingested AS ingested, h.movies_failed AS failed, h.movies_gone AS gone, h.requests, h.refused, h.failures, h.error
FROM tmdb.run_history AS h
ORDER BY h.started_at DESC
LIMIT 20
