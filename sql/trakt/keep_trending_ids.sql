-- Takes over the numbers that were found by IMDb's id before a replay: no page tells them, and what is known changes.
UPDATE trakt.trending_items AS i
SET tmdb_id = (b.content ->> 'tmdb_id')::integer, is_mapped = true, problem = NULL
FROM present_trending AS b
WHERE
    b.relation = 'trending_items' AND (b.content ->> 'is_mapped')::boolean
    AND (b.key ->> 'page_id')::bigint = i.page_id AND (b.key ->> 'place')::integer = i.place
    AND i.tmdb_id IS NULL AND b.content ->> 'imdb_id' = i.imdb_id
