-- Merges of the last day that left works with fewer episodes, where these are more than 50 and a twentieth of all: rather a fault than what
-- happened. Episodes that were renumbered are not fewer.
WITH losing AS (
  SELECT m.merge_id, m.merged_at, m.episodes_lost
  FROM tmdb.merges AS m
  WHERE m.episodes_lost > 0 AND m.merged_at > tmdb.now() - interval '1 day'
)
SELECT 'merge ' || l.merge_id || ' of ' || l.merged_at || ': ' || l.episodes_lost || ' episodes' AS offender
FROM losing AS l
WHERE (SELECT sum(m.episodes_lost) FROM losing AS m) > greatest(50, 0.05 * (SELECT count(*) FROM tmdb.tv_episodes))
ORDER BY l.merge_id
