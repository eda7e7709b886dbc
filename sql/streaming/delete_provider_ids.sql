-- Removes numbers that their source's directory lists no more and under which nothing is offered.
DELETE FROM streaming.provider_ids AS i
WHERE
  i.source IN (SELECT d.source FROM directory AS d)
  AND NOT EXISTS (SELECT FROM directory AS d WHERE d.source = i.source AND d.source_id = i.source_id)
  AND NOT EXISTS (SELECT FROM streaming.listings AS l WHERE i.source = 'tmdb' AND l.source_id = i.source_id)
  AND NOT EXISTS (SELECT FROM streaming.watchmode_offers AS w WHERE i.source = 'watchmode' AND w.source_id = i.source_id)
