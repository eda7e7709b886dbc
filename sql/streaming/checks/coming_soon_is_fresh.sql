-- Rows that rest on answers past their time to live, by region and source: how many.
SELECT count(*) || ' rows of ' || r.source || ' in ' || r.region || ', the oldest answer of ' || min(r.fetched_at) AT TIME ZONE 'UTC' || ' UTC' AS offender
FROM streaming.coming_soon_releases AS r
WHERE r.is_stale
GROUP BY r.region, r.source
ORDER BY r.region, r.source
