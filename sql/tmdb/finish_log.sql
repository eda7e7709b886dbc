-- Brings the log row of a run up to date with what its pages and failures say, and ends it with the run's last step or a failure; a
-- problem of an earlier step stands.
UPDATE tmdb.scheduled_ingestion_log AS l SET
  status = CASE
    WHEN %(error)s::text IS NOT NULL THEN 'failed'
    WHEN NOT %(is_over)s THEN 'running'
    WHEN failed.number > 0 OR coalesce(%(problem)s, l.error) IS NOT NULL THEN 'partial'
    ELSE 'completed'
  END,
  movies_ingested = fetched.number,
  movies_failed = failed.number,
  movies_gone = (
    SELECT count(DISTINCT p.media_type || p.tmdb_id) FROM tmdb.pages AS p WHERE p.run_id = %(run_id)s AND p.endpoint = 'details' AND p.status = 404
  ),
  ingested_titles = fetched.titles,
  failed_titles = failed.titles,
  error = coalesce(%(error)s, %(problem)s, l.error),
  completed_at = CASE WHEN %(is_over)s THEN ops.now() END,
  duration_ms = extract(EPOCH FROM ops.now() - l.created_at) * 1000
FROM (
  SELECT count(*) AS number, coalesce((array_agg(f.name ORDER BY f.work_id))[1:100], '{}') AS titles
  FROM (
    SELECT DISTINCT t.work_id, coalesce(d.title || coalesce(' (' || d.year || ')', ''), 'TMDB ' || t.tmdb_id) AS name
    FROM tmdb.pages AS p
    JOIN tmdb.titles AS t USING (media_type, tmdb_id)
    LEFT JOIN tmdb.details AS d USING (work_id)
    WHERE
      p.run_id = %(run_id)s AND p.endpoint = 'details' AND p.status IN (200, 304) AND p.problem IS NULL
      -- Not so where a further request for the same title failed.
      AND EXISTS (SELECT FROM tmdb.refreshes AS r WHERE r.work_id = t.work_id AND r.answered_at >= p.sent_at)
  ) AS f
) AS fetched, (
  SELECT count(*) AS number, coalesce((array_agg(f.name ORDER BY f.work_id))[1:100], '{}') AS titles
  FROM (
    SELECT r.work_id, coalesce(d.title, 'TMDB ' || t.tmdb_id) || ': ' || coalesce(r.last_error, 'unknown') AS name
    FROM tmdb.refreshes AS r
    JOIN tmdb.titles AS t USING (work_id)
    LEFT JOIN tmdb.details AS d USING (work_id)
    WHERE r.failed_by = %(run_id)s AND r.attempts > 0
  ) AS f
) AS failed
WHERE l.run_id = %(run_id)s
RETURNING l.status
