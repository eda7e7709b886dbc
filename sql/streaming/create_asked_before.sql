-- Keeps about which of the titles and regions Watchmode was asked before, and when.
CREATE TEMP TABLE asked_before ON COMMIT DROP AS
SELECT a.media_type, a.tmdb_id, a.region, a.fetched_at
FROM streaming.watchmode_answers AS a
WHERE (a.media_type, a.tmdb_id, a.region) IN (SELECT t.media_type, t.tmdb_id, t.region FROM told_answers AS t)
