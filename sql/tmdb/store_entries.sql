-- Notes which titles a page of a list held, and says which of them are not kept yet, in the page's order.
WITH listed AS (
  SELECT e.tmdb_id, e.place - 1 AS position
  FROM unnest(%(tmdb_ids)s::bigint[]) WITH ORDINALITY AS e (tmdb_id, place)
), stored AS (
  INSERT INTO tmdb.list_entries (page_id, position, media_type, tmdb_id)
  SELECT %(page_id)s, position, %(media_type)s, tmdb_id FROM listed
)
SELECT l.tmdb_id
FROM listed AS l
WHERE NOT EXISTS (SELECT FROM tmdb.titles AS t WHERE t.media_type = %(media_type)s AND t.tmdb_id = l.tmdb_id)
ORDER BY l.position
