-- Writes Watchmode's offers.
INSERT INTO streaming.watchmode_offers (
  media_type, tmdb_id, region, source_id, type, format, name, price, web_url, ios_url, android_url, seasons, episodes
)
SELECT
  t.media_type, t.tmdb_id, t.region, t.source_id, t.type, t.format, t.name, t.price, t.web_url, t.ios_url, t.android_url, t.seasons, t.episodes
FROM told_offers AS t
