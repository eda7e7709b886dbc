-- Holds which days each answer of Watchmode's about releases covers until the transaction's end.
CREATE TEMP TABLE release_pages (
  page_id bigint,
  sent_at timestamptz,
  first_day date,
  last_day date,
  is_whole boolean
) ON COMMIT DROP
