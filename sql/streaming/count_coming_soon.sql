-- What coming soon holds now, in figures that the UI plots.
SELECT
  count(*) AS rows,
  count(*) FILTER (WHERE media_type = 'movie') AS films,
  count(*) FILTER (WHERE media_type = 'tv') AS series,
  count(*) FILTER (WHERE services <> '[]') AS with_announced_services,
  (SELECT count(*) FROM streaming.release_dates AS r WHERE NOT r.is_present) AS dates_superseded
FROM streaming.coming_soon
