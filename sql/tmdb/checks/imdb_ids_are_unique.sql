-- Ids of IMDb that more than one work bears.
SELECT c.imdb_id || ': ' || array_to_string(c.tmdb_ids, ', ') AS offender
FROM tmdb.imdb_conflicts AS c
ORDER BY c.imdb_id
