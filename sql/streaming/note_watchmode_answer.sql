-- Notes that Watchmode answered for a title. An answer that was asked for earlier than the one that is known changes nothing.
INSERT INTO streaming.watchmode_titles AS t (media_type, tmdb_id, watchmode_id, asked_at, answered_at, page_id)
VALUES (%(media_type)s, %(tmdb_id)s, %(watchmode_id)s, %(sent_at)s, %(sent_at)s, %(page_id)s)
ON CONFLICT (media_type, tmdb_id) DO UPDATE SET
  watchmode_id = excluded.watchmode_id,
  asked_at = excluded.asked_at,
  answered_at = excluded.answered_at,
  page_id = excluded.page_id,
  attempts = 0,
  not_before = NULL,
  last_error = NULL,
  gone_at = NULL
WHERE t.watchmode_id <> excluded.watchmode_id OR t.answered_at IS NULL OR t.answered_at <= excluded.answered_at
