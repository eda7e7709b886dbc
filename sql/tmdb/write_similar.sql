-- Writes what is held similar to works whose content changed.
INSERT INTO tmdb.similar_movies AS old (work_id, similar_tmdb_id, source, rank_order, confidence, created_at)
SELECT d.work_id, s.tmdb_id, s.source, s.rank_order, s.confidence, d.fetched_at
FROM documents AS d
CROSS JOIN LATERAL jsonb_to_recordset(d.alike)
  AS s (tmdb_id bigint, source text, rank_order integer, confidence double precision)
WHERE d.is_changed
ON CONFLICT (work_id, similar_tmdb_id, source) DO UPDATE SET
  rank_order = excluded.rank_order, confidence = excluded.confidence, created_at = excluded.created_at
  WHERE (old.rank_order, old.confidence) IS DISTINCT FROM (excluded.rank_order, excluded.confidence)
