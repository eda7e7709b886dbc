-- Seasons that do not have as many episodes as their series says.
SELECT 'tv ' || t.tmdb_id || ' ' || d.title || ', season ' || s.season_number || ': ' || count(e.episode_number) || ' of ' || s.episode_count AS offender
FROM tmdb.tv_seasons AS s
JOIN tmdb.titles AS t USING (work_id)
JOIN tmdb.details AS d USING (work_id)
LEFT JOIN tmdb.tv_episodes AS e ON s.work_id = e.work_id AND s.season_number = e.season_number
WHERE s.episode_count IS NOT NULL
GROUP BY s.work_id, s.season_number, s.episode_count, t.tmdb_id, d.title
HAVING count(e.episode_number) <> s.episode_count
ORDER BY s.work_id, s.season_number
