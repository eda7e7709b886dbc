-- Works whose card shows other addresses of its images than they have.
SELECT t.media_type || ' ' || t.tmdb_id || ' ' || d.title AS offender
FROM tmdb.details AS d
JOIN tmdb.titles AS t USING (work_id)
JOIN tmdb.shown_images AS h USING (work_id)
JOIN tmdb.work_cards_cache AS k USING (work_id)
WHERE
  (k.payload #>> '{poster,medium}', k.payload #>> '{poster,large}', k.payload ->> 'backdrop', k.payload ->> 'trailer_thumbnail')
  IS DISTINCT FROM (h.poster_url_medium, h.poster_url_large, h.backdrop_url, h.trailer_thumbnail)
  OR k.payload_short ->> 'poster' IS DISTINCT FROM h.poster_url_medium
  OR (k.payload -> 'still_images', k.payload -> 'trailers') IS DISTINCT FROM (to_jsonb(h.still_images), h.trailers)
  OR k.payload -> 'cast' IS DISTINCT FROM jsonb_path_query_array(h.cast_members, '$[0 to 7]')
ORDER BY d.work_id
