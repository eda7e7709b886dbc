-- Removes older answers, and with them their offers, where newer ones take their place.
DELETE FROM streaming.watchmode_answers AS a
USING told_answers AS t
WHERE a.media_type = t.media_type AND a.tmdb_id = t.tmdb_id AND a.region = t.region
