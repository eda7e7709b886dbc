-- Entries of the last day that no list of their sources names, or whose score is not their lists', or is above the scale.
SELECT s.media_type || ' ' || r.tmdb_id || ', ' || s.time_window || ', ' || s.source || ' of ' || s.hour AS offender
FROM streaming.trending_snapshots AS s
JOIN streaming.trending_ranks AS r USING (snapshot_id)
LEFT JOIN streaming.trending_items AS i ON s.page_id = i.page_id AND r.tmdb_id = i.tmdb_id
WHERE
    s.made_at > ops.now() - interval '1 day'
    AND (i.page_id IS NULL OR r.score > s.scale OR r.score <> streaming.trending_score(i.place))
ORDER BY s.hour DESC, s.snapshot_id ASC, r.rank ASC
