-- Finds TMDB's numbers of what Trakt names without them, by IMDb's id: where exactly one work of the kind bears it, and the page does
-- not list that title itself. Watchmode's ids are left out: what is made from them may be kept for 30 days alone.
WITH found AS (
    SELECT i.page_id, i.place, min(known.tmdb_id) AS tmdb_id
    FROM trakt.trending_items AS i
    JOIN trakt.pages AS p USING (page_id)
    CROSS JOIN LATERAL (
        SELECT t.tmdb_id
        FROM tmdb.details AS d
        JOIN tmdb.titles AS t USING (work_id)
        WHERE d.imdb_id = i.imdb_id AND t.media_type = p.media_type
    ) AS known
    WHERE i.page_id = any(%(page_ids)s) AND i.tmdb_id IS NULL AND i.imdb_id IS NOT NULL
    GROUP BY i.page_id, i.place
    HAVING count(*) = 1
),

first_named AS (
    SELECT DISTINCT ON (f.page_id, f.tmdb_id) f.page_id, f.place, f.tmdb_id
    FROM found AS f
    ORDER BY f.page_id, f.tmdb_id, f.place
)

UPDATE trakt.trending_items AS i
SET tmdb_id = f.tmdb_id, is_mapped = true, problem = NULL
FROM first_named AS f
WHERE
    i.page_id = f.page_id AND i.place = f.place
    AND NOT EXISTS (SELECT FROM trakt.trending_items AS other WHERE other.page_id = f.page_id AND other.tmdb_id = f.tmdb_id)
