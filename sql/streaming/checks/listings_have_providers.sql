-- Listings, and offers of Watchmode's, whose provider nobody knows.
SELECT 'TMDB''s ' || l.source_id || ' in ' || l.region AS offender
FROM streaming.listings AS l
WHERE
  NOT EXISTS (
    SELECT FROM streaming.provider_ids AS i WHERE i.source = 'tmdb' AND i.source_id = l.source_id AND i.provider_id IS NOT NULL
  )
UNION
SELECT 'Watchmode''s ' || w.source_id || ' in ' || w.region
FROM streaming.watchmode_offers AS w
WHERE
  NOT EXISTS (
    SELECT FROM streaming.provider_ids AS i WHERE i.source = 'watchmode' AND i.source_id = w.source_id AND i.provider_id IS NOT NULL
  )
ORDER BY 1
