-- Removes TMDB's numbers of providers that no directory and no offer names any more.
DELETE FROM streaming.provider_ids AS i
WHERE
  i.source = 'tmdb' AND i.page_id IS NULL
  AND NOT EXISTS (SELECT FROM streaming.listings AS l WHERE l.source_id = i.source_id)
