-- Writes the ratings of works whose content changed.
INSERT INTO tmdb.rating_sources (work_id, source_name, scale_type, value_raw, value_0_100, votes_count, last_seen_at)
SELECT
  d.work_id, 'tmdb', '0_10', (d.rating ->> 'value_raw')::double precision, (d.rating ->> 'value_raw')::numeric * 10,
  (d.rating ->> 'votes_count')::integer, d.fetched_at
FROM documents AS d
WHERE d.is_changed AND jsonb_typeof(d.rating) = 'object'
ON CONFLICT (work_id, source_name) DO UPDATE SET
  value_raw = excluded.value_raw,
  value_0_100 = excluded.value_0_100,
  votes_count = excluded.votes_count,
  last_seen_at = excluded.last_seen_at
