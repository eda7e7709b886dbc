-- Names TMDB's providers that no directory lists, as a title that they offer names them.
INSERT INTO streaming.provider_ids (source, source_id, name, logo_url)
SELECT
  'tmdb', unnamed.source_id,
  coalesce(named.provider ->> 'provider_name', 'TMDB''s provider ' || unnamed.source_id),
  'https://image.tmdb.org/t/p/w92' || (named.provider ->> 'logo_path')
FROM (
  SELECT DISTINCT ON (l.source_id) l.source_id, l.listing_id
  FROM streaming.listings AS l
  WHERE NOT EXISTS (SELECT FROM streaming.provider_ids AS i WHERE i.source = 'tmdb' AND i.source_id = l.source_id)
  ORDER BY l.source_id, l.listing_id
) AS unnamed
CROSS JOIN LATERAL (
  SELECT min(o.work_id) AS work_id FROM streaming.tmdb_offers AS o WHERE o.listing_ids @> ARRAY[unnamed.listing_id]
) AS offered
LEFT JOIN LATERAL (
  SELECT found.provider
  FROM tmdb.details AS d
  CROSS JOIN LATERAL jsonb_path_query(
    d.streaming, '$.*.*[*] ? (@.provider_id == $id && @.provider_name != null)', jsonb_build_object('id', unnamed.source_id)
  ) AS found (provider)
  WHERE d.work_id = offered.work_id
  ORDER BY found.provider ->> 'provider_name'
  LIMIT 1
) AS named ON true
