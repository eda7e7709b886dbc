-- Writes the wide rows of new and changed films.
INSERT INTO movies (
  content_id, hotstar_id, title, description, content_type, year, duration, premium, vip, paid, asset_status,
  start_date, end_date, broadcast_date, api_update_date, thumbnail, portrait_thumbnail,
  deep_link_url, deep_link_url_living_room, play_uri, parental_rating, parental_rating_name, raw_response
)
SELECT
  n.content_id, f.id, f.title, f.description, f."contentType", f.year, f.duration, f.premium, f.vip, f.paid, f."assetStatus",
  f."startDate", f."endDate", f."broadCastDate", f."updateDate", f.thumbnail, f."portraitThumbnail",
  f."deepLinkUrl", f."deepLinkUrlForLivingRoom", f."playUri", f."parentalRating", f."parentalRatingName", s.item
FROM newest AS n
JOIN staged_items AS s USING (page_id, position)
CROSS JOIN LATERAL jsonb_to_record(s.item) AS f (
  id bigint, title text, description text, "contentType" text, year bigint, duration bigint,
  premium boolean, vip boolean, paid boolean, "assetStatus" text,
  "startDate" bigint, "endDate" bigint, "broadCastDate" bigint, "updateDate" bigint,
  thumbnail text, "portraitThumbnail" text, "deepLinkUrl" text, "deepLinkUrlForLivingRoom" text, "playUri" text,
  "parentalRating" bigint, "parentalRatingName" text
)
ON CONFLICT (content_id) DO UPDATE SET
  hotstar_id = excluded.hotstar_id,
  title = excluded.title,
  description = excluded.description,
  content_type = excluded.content_type,
  year = excluded.year,
  duration = excluded.duration,
  premium = excluded.premium,
  vip = excluded.vip,
  paid = excluded.paid,
  asset_status = excluded.asset_status,
  start_date = excluded.start_date,
  end_date = excluded.end_date,
  broadcast_date = excluded.broadcast_date,
  api_update_date = excluded.api_update_date,
  thumbnail = excluded.thumbnail,
  portrait_thumbnail = excluded.portrait_thumbnail,
  deep_link_url = excluded.deep_link_url,
  deep_link_url_living_room = excluded.deep_link_url_living_room,
  play_uri = excluded.play_uri,
  parental_rating = excluded.parental_rating,
  parental_rating_name = excluded.parental_rating_name,
  raw_response = excluded.raw_response
