-- Merges of the last day that removed episodes, where these are more than 50 and a twentieth of all: rather a fault than what happened.
WITH removing AS (
  SELECT m.merge_id, m.merged_at, m.episodes_removed
  FROM tmdb.merges AS m
  WHERE m.episodes_removed > 0 AND m.merged_at > tmdb.now() - interval '1 day'
)
SELECT 'merge ' || r.merge_id || ' of ' || r.merged_at || ': ' || r.episodes_removed || ' episodes' AS offender
FROM removing AS r
WHERE (SELECT sum(m.episodes_removed) FROM removing AS m) > greatest(50, 0.05 * (SELECT count(*) FROM tmdb.tv_episodes))
ORDER BY r.merge_id
