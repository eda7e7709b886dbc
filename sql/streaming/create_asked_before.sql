-- Keeps about which of the titles and regions Watchmode was asked before.
CREATE TEMP TABLE asked_before ON COMMIT DROP AS
SELECT t.media_type, t.tmdb_id, t.region, t.fetched_at
FROM told_answers AS t
WHERE (t.media_type, t.tmdb_id, t.region) IN (SELECT a.media_type, a.tmdb_id, a.region FROM streaming.watchmode_answers AS a)
