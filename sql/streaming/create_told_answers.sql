-- Makes room for what Watchmode newly told: where it was asked about titles.
CREATE TEMP TABLE told_answers (
  media_type text, tmdb_id bigint, region text, page_id bigint, fetched_at timestamptz
) ON COMMIT DROP
