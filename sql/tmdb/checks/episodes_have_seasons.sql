-- Seasons of no series, episodes of no season, and works that have other numbers of them than the merge made.
SELECT 'work ' || s.work_id || ', season ' || s.season_number || ': no series' AS offender
FROM tmdb.tv_seasons AS s
WHERE NOT EXISTS (SELECT FROM tmdb.tv_series AS r WHERE r.work_id = s.work_id)
UNION ALL
SELECT 'work ' || e.work_id || ', season ' || e.season_number || ', episode ' || e.episode_number || ': no season'
FROM tmdb.tv_episodes AS e
WHERE NOT EXISTS (SELECT FROM tmdb.tv_seasons AS s WHERE s.work_id = e.work_id AND s.season_number = e.season_number)
UNION ALL
SELECT 'work ' || t.work_id || ': ' || t.media_type || CASE WHEN r.work_id IS NULL THEN ' without' ELSE ' with' END || ' a row of series'
FROM tmdb.titles AS t
LEFT JOIN tmdb.tv_series AS r USING (work_id)
WHERE
  (t.media_type = 'tv') <> (r.work_id IS NOT NULL)
  AND (r.work_id IS NOT NULL OR EXISTS (SELECT FROM tmdb.contents AS c WHERE c.work_id = t.work_id))
UNION ALL
SELECT 'work ' || c.work_id || ': ' || found.seasons || ' of ' || c.seasons || ' seasons, ' || found.episodes || ' of ' || c.episodes || ' episodes'
FROM tmdb.contents AS c
CROSS JOIN LATERAL (
  SELECT
    (SELECT count(*) FROM tmdb.tv_seasons AS s WHERE s.work_id = c.work_id) AS seasons,
    (SELECT count(*) FROM tmdb.tv_episodes AS e WHERE e.work_id = c.work_id) AS episodes
) AS found
WHERE (found.seasons, found.episodes) <> (c.seasons, c.episodes)
