-- What was read of a batch of works, each with whether it is new or differs from what the tables hold.
INSERT INTO documents
SELECT
  d.work_id, d.page_id, d.block_pages, d.content_hash, d.fetched_at, d.confirmed_at, d.columns, d.rating, d.alike,
  d.tv_series, d.tv_seasons, d.tv_episodes,
  (c.content_hash IS NULL) AS is_new,
  (c.content_hash IS DISTINCT FROM d.content_hash) AS is_changed
FROM jsonb_to_recordset(%(documents)s) AS d (
  work_id bigint, page_id bigint, block_pages jsonb, content_hash uuid, fetched_at timestamptz, confirmed_at timestamptz,
  columns jsonb, rating jsonb, alike jsonb, tv_series jsonb, tv_seasons jsonb, tv_episodes jsonb
)
LEFT JOIN tmdb.contents AS c USING (work_id)
