-- Writes the scores of works whose content changed, by every method (docs/scores.md has the formulas).
INSERT INTO tmdb.aggregates (
  work_id, method_version, ai_score, ai_score_low, ai_score_high, source_scores, n_critics, n_audience, audience_score, inputs_fingerprint,
  computed_at
)
SELECT
  s.work_id, s.method_version, s.score,
  CASE WHEN s.score IS NOT NULL THEN greatest(0, s.score - s.spread) END,
  CASE WHEN s.score IS NOT NULL THEN least(100, s.score + s.spread) END,
  s.source_scores, 0, 1, s.value_0_100, md5(s.source_scores::text), s.fetched_at
FROM (
  SELECT
    d.work_id, m.method_version, d.fetched_at, r.value_0_100,
    CASE
      WHEN m.prior_mean IS NULL THEN coalesce(r.value_0_100, 0)
      WHEN r.votes_count > 0
        THEN (r.votes_count * r.value_0_100 + m.prior_votes * m.prior_mean) / (r.votes_count + m.prior_votes)
    END AS score,
    CASE WHEN m.prior_mean IS NULL THEN 5 ELSE 1.96 * m.vote_spread / sqrt(r.votes_count + m.prior_votes) END AS spread,
    jsonb_build_object('tmdb', jsonb_build_object('score', r.value_0_100, 'votes', r.votes_count)) AS source_scores
  FROM documents AS d
  JOIN tmdb.rating_sources AS r ON d.work_id = r.work_id AND r.source_name = 'tmdb'
  CROSS JOIN tmdb.score_methods AS m
  WHERE d.is_changed
) AS s
ON CONFLICT (work_id, method_version) DO UPDATE SET
  ai_score = excluded.ai_score,
  ai_score_low = excluded.ai_score_low,
  ai_score_high = excluded.ai_score_high,
  source_scores = excluded.source_scores,
  n_critics = excluded.n_critics,
  n_audience = excluded.n_audience,
  audience_score = excluded.audience_score,
  inputs_fingerprint = excluded.inputs_fingerprint,
  computed_at = excluded.computed_at
