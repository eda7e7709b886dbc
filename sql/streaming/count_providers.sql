-- How many providers there are, under how many numbers, and in how many regions.
SELECT
  (SELECT count(*) FROM streaming.providers) AS providers,
  (SELECT count(*) FROM streaming.provider_ids AS i WHERE i.source = 'tmdb') AS tmdb_ids,
  (SELECT count(*) FROM streaming.provider_ids AS i WHERE i.source = 'watchmode') AS watchmode_ids,
  (SELECT count(*) FROM streaming.regions) AS regions
