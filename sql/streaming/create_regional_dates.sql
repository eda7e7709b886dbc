-- Holds the first dates by region of the films on TMDB's lists until the transaction's end.
CREATE TEMP TABLE regional_dates (
  tmdb_id bigint,
  region text,
  release_date date
) ON COMMIT DROP
