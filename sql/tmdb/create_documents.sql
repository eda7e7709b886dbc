-- Holds what was read of a batch of works: one row a work, its content as documents whose keys are columns; of one whose content is as it
-- was they are null. Made once a transaction, for each table made in it keeps a lock until its end, and a replay repeats thousands of merges
-- in one.
CREATE TEMP TABLE IF NOT EXISTS documents (
  work_id bigint,
  page_id bigint,
  block_pages jsonb,
  content_hash uuid,
  fetched_at timestamptz,
  confirmed_at timestamptz,
  seasons integer,
  episodes integer,
  is_changed boolean,
  columns jsonb,
  rating jsonb,
  alike jsonb,
  tv_series jsonb,
  tv_seasons jsonb,
  tv_episodes jsonb
) ON COMMIT DROP
