-- Notes that Watchmode answered for a title. An answer that was asked for earlier than the one that is known changes nothing, unless it is for
-- a region that this one lacks: a stored one, of a time when more regions were wanted.
INSERT INTO streaming.watchmode_titles AS t (media_type, tmdb_id, watchmode_id, asked_at, answered_at, page_id, regions)
VALUES (%(media_type)s, %(tmdb_id)s, %(watchmode_id)s, %(sent_at)s, %(sent_at)s, %(page_id)s, %(regions)s)
ON CONFLICT (media_type, tmdb_id) DO UPDATE SET
  watchmode_id = excluded.watchmode_id,
  asked_at = excluded.asked_at,
  answered_at = excluded.answered_at,
  page_id = excluded.page_id,
  regions = excluded.regions,
  attempts = 0,
  not_before = NULL,
  last_error = NULL,
  gone_at = NULL
WHERE
  t.watchmode_id <> excluded.watchmode_id OR t.answered_at IS NULL OR t.answered_at <= excluded.answered_at
  OR NOT excluded.regions <@ t.regions
