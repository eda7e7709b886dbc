-- Notes that a title brought no answer to use: it waits, then twice as long each time, up to a longest wait. One that Watchmode does not know is
-- gone; its older answer is then none any more.
INSERT INTO streaming.watchmode_titles AS t (media_type, tmdb_id, watchmode_id, asked_at, attempts, not_before, last_error, gone_at)
SELECT
  %(media_type)s, %(tmdb_id)s, %(watchmode_id)s, clock.at, 1, clock.at + %(first_wait)s::interval, %(error)s, CASE WHEN %(is_gone)s THEN clock.at END
FROM (SELECT ops.now() AS at) AS clock
ON CONFLICT (media_type, tmdb_id) DO UPDATE SET
  watchmode_id = excluded.watchmode_id,
  asked_at = excluded.asked_at,
  answered_at = CASE WHEN t.watchmode_id = excluded.watchmode_id AND excluded.gone_at IS NULL THEN t.answered_at END,
  page_id = CASE WHEN t.watchmode_id = excluded.watchmode_id AND excluded.gone_at IS NULL THEN t.page_id END,
  regions = CASE WHEN t.watchmode_id = excluded.watchmode_id AND excluded.gone_at IS NULL THEN t.regions END,
  attempts = CASE WHEN t.watchmode_id = excluded.watchmode_id THEN t.attempts ELSE 0 END + 1,
  not_before = excluded.asked_at
    + least(
      %(first_wait)s::interval * 2 ^ least(CASE WHEN t.watchmode_id = excluded.watchmode_id THEN t.attempts ELSE 0 END, 10),
      %(longest_wait)s::interval
    ),
  last_error = excluded.last_error,
  gone_at = excluded.gone_at
