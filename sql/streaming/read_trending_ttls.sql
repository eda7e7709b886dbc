-- How long answers of trending count as fresh, as JSON by rule.
SELECT jsonb_object_agg(t.rule, t.ttl) AS ttls
FROM streaming.ttls AS t
WHERE t.rule IN ('tmdb_trending', 'trakt_trending', 'aggregated_trending')
