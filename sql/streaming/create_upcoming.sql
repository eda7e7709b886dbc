-- Holds the rows of TMDB's lists of upcoming films until the transaction's end.
CREATE TEMP TABLE upcoming (
  region text,
  page integer,
  place integer,
  sent_at timestamptz,
  tmdb_id bigint,
  title text,
  release_date date,
  poster_path text,
  backdrop_path text,
  overview text
) ON COMMIT DROP
