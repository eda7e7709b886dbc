-- Keeps ids, providers and regions as they are at a moment of a replay, rows as JSON without surrogate ids, to be compared. A provider that no
-- source's number means is history, and left out. Conflicts have no key: of rows that are equal each is told by its occurrence.
CREATE TEMP TABLE {moment}_reference ON COMMIT DROP AS
SELECT
  'id_mappings' AS relation, jsonb_build_object('media_type', m.media_type, 'tmdb_id', m.tmdb_id) AS key, to_jsonb(m) AS content
FROM streaming.id_mappings AS m
UNION ALL
SELECT
  'id_mapping_conflicts', to_jsonb(c) || jsonb_build_object('occurrence', row_number() OVER (PARTITION BY c.*)), to_jsonb(c)
FROM streaming.id_mapping_conflicts AS c
UNION ALL
SELECT 'providers', jsonb_build_object('key', p.key), to_jsonb(p) - 'provider_id'
FROM streaming.providers AS p
WHERE EXISTS (SELECT FROM streaming.provider_ids AS i WHERE i.provider_id = p.provider_id)
UNION ALL
SELECT
  'provider_ids', jsonb_build_object('source', i.source, 'source_id', i.source_id),
  to_jsonb(i) - 'provider_id' || jsonb_build_object('provider', p.key)
FROM streaming.provider_ids AS i
LEFT JOIN streaming.providers AS p USING (provider_id)
UNION ALL
SELECT
  'provider_regions', jsonb_build_object('source', r.source, 'source_id', r.source_id, 'region', r.region), to_jsonb(r)
FROM streaming.provider_regions AS r
UNION ALL
SELECT 'regions', jsonb_build_object('region', r.region), to_jsonb(r)
FROM streaming.regions AS r
