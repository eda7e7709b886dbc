-- Notes what each work's tables are made from.
INSERT INTO tmdb.contents AS c (
  work_id, page_id, block_pages, content_hash, schema_version, fetched_at, confirmed_at, changed_at, seasons, episodes
)
SELECT
  d.work_id, d.page_id, d.block_pages, d.content_hash, v.version, d.fetched_at, d.confirmed_at, d.fetched_at, d.seasons, d.episodes
FROM documents AS d
CROSS JOIN (SELECT max(s.version) AS version FROM tmdb.schema_versions AS s) AS v
ON CONFLICT (work_id) DO UPDATE SET
  page_id = excluded.page_id,
  block_pages = excluded.block_pages,
  content_hash = excluded.content_hash,
  schema_version = excluded.schema_version,
  fetched_at = excluded.fetched_at,
  confirmed_at = excluded.confirmed_at,
  changed_at = CASE WHEN c.content_hash = excluded.content_hash THEN c.changed_at ELSE excluded.fetched_at END,
  seasons = excluded.seasons,
  episodes = excluded.episodes
