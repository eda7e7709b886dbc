-- Titles that are shown more than once for a source and region.
SELECT r.media_type || ' ' || r.tmdb_id || ' in ' || r.region || ' by ' || r.source AS offender
FROM streaming.coming_soon_releases AS r
GROUP BY r.media_type, r.tmdb_id, r.source, r.region
HAVING count(*) > 1
