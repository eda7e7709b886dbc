-- Keeps what trending has as it is at a moment of a replay, rows as JSON without surrogate ids, to be compared.
CREATE TEMP TABLE {moment}_trending ON COMMIT DROP AS
SELECT
    'trending_items' AS relation, jsonb_build_object('page_id', i.page_id, 'place', i.place) AS key, to_jsonb(i) AS content
FROM {schema}.trending_items AS i
UNION ALL
SELECT
    'trending_snapshots',
    jsonb_build_object('hour', s.hour, 'media_type', s.media_type, 'time_window', s.time_window, 'source', s.source),
    to_jsonb(s) - 'snapshot_id' || jsonb_build_object('ranks', (
        SELECT jsonb_agg(jsonb_build_array(r.rank, r.tmdb_id, r.score) ORDER BY r.rank)
        FROM {schema}.trending_ranks AS r WHERE r.snapshot_id = s.snapshot_id
    ))
FROM {schema}.trending_snapshots AS s
