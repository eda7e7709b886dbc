-- Titles of TMDB's with several ids of Watchmode's, and ids of Watchmode's that several titles share.
SELECT DISTINCT
  CASE c.conflict WHEN 'tmdb_id' THEN c.media_type || ' ' || c.tmdb_id ELSE 'Watchmode''s ' || c.watchmode_id END
  || ': several rows of the file' AS offender
FROM streaming.id_mapping_conflicts AS c
WHERE c.conflict IN ('tmdb_id', 'watchmode_id')
