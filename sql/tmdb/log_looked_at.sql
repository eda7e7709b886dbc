-- Adds to a run's log how many titles it looked at, and how many of these needed nothing.
UPDATE tmdb.scheduled_ingestion_log SET
  source = CASE WHEN %(source)s = 'due' THEN source ELSE %(source)s END,
  movies_checked = movies_checked + %(checked)s, movies_skipped = movies_skipped + %(skipped)s
WHERE run_id = %(run_id)s
