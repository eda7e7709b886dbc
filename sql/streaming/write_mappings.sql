-- Writes mappings that are new or changed; says how many of each. Those that are as they were stay untouched.
WITH written AS (
  INSERT INTO streaming.id_mappings AS m (media_type, tmdb_id, watchmode_id, imdb_id, title, year)
  SELECT s.media_type, s.tmdb_id, s.watchmode_id, s.imdb_id, s.title, s.year
  FROM staged_mappings AS s
  LEFT JOIN streaming.id_mappings AS k ON s.media_type = k.media_type AND s.tmdb_id = k.tmdb_id
  WHERE (s.watchmode_id, s.imdb_id, s.title, s.year) IS DISTINCT FROM (k.watchmode_id, k.imdb_id, k.title, k.year)
  ON CONFLICT (media_type, tmdb_id) DO UPDATE
  SET watchmode_id = excluded.watchmode_id, imdb_id = excluded.imdb_id, title = excluded.title, year = excluded.year
  RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE w.is_new) AS inserted, count(*) FILTER (WHERE NOT w.is_new) AS updated
FROM written AS w
