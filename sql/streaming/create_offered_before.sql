-- Keeps what Watchmode told before of the titles and regions that it was asked about again.
CREATE TEMP TABLE offered_before ON COMMIT DROP AS
SELECT w.media_type, w.tmdb_id, w.region, w.source_id, w.type
FROM streaming.watchmode_offers AS w
WHERE (w.media_type, w.tmdb_id, w.region) IN (SELECT t.media_type, t.tmdb_id, t.region FROM told_answers AS t)
