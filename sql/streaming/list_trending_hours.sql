-- The hours that have snapshots, each with when they were made and how long answers counted as fresh then.
SELECT DISTINCT ON (s.hour) s.hour, s.made_at, s.ttls
FROM {schema}.trending_snapshots AS s
ORDER BY s.hour
