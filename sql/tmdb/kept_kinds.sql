-- Whether films are kept, and whether series are.
SELECT DISTINCT t.media_type FROM tmdb.titles AS t ORDER BY t.media_type
