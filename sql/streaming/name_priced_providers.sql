-- Names Watchmode's providers that no directory lists, as the newest answer that has them does.
INSERT INTO streaming.provider_ids AS i (source, source_id, name, page_id)
SELECT DISTINCT ON (w.source_id) 'watchmode', w.source_id, coalesce(w.name, 'Watchmode''s service ' || w.source_id), a.page_id
FROM streaming.watchmode_offers AS w
JOIN streaming.watchmode_answers AS a USING (media_type, tmdb_id, region)
ORDER BY w.source_id ASC, a.fetched_at DESC, a.page_id DESC, w.name ASC
ON CONFLICT (source, source_id) DO UPDATE SET name = excluded.name, page_id = excluded.page_id
WHERE
  (i.name, i.page_id) IS DISTINCT FROM (excluded.name, excluded.page_id)
  AND (SELECT p.endpoint FROM streaming.pages AS p WHERE p.page_id = i.page_id) = 'title_sources'
