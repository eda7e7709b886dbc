-- Takes the offers.
COPY told_offers (
  media_type, tmdb_id, region, source_id, type, format, name, price, web_url, ios_url, android_url, seasons, episodes
) FROM STDIN
