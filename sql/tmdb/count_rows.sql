-- How many rows the tables of works hold.
SELECT
  (SELECT count(*) FROM tmdb.titles) AS titles,
  (SELECT count(*) FROM tmdb.contents) AS works,
  (SELECT count(*) FROM tmdb.refreshes AS r WHERE r.gone_at IS NOT NULL) AS gone,
  (SELECT count(*) FROM tmdb.work_cards_cache) AS cards,
  (SELECT count(*) FROM tmdb.tv_series) AS series,
  (SELECT count(*) FROM tmdb.tv_seasons) AS seasons,
  (SELECT count(*) FROM tmdb.tv_episodes) AS episodes
