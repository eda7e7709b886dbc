-- Holds what each answer of Watchmode's says about releases until the transaction's end.
CREATE TEMP TABLE announced (
  page_id bigint,
  watchmode_id bigint,
  source_id bigint,
  season_number integer,
  release_date date,
  title text,
  source_name text,
  is_original boolean,
  media_type text,
  tmdb_id bigint
) ON COMMIT DROP
