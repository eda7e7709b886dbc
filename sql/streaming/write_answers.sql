-- Writes where Watchmode was asked about titles.
INSERT INTO streaming.watchmode_answers (media_type, tmdb_id, region, page_id, fetched_at)
SELECT t.media_type, t.tmdb_id, t.region, t.page_id, t.fetched_at
FROM told_answers AS t
