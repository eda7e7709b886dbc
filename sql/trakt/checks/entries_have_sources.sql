-- Entries of the last day that no list of their sources names, or whose score is not the sum of their lists', or is above the scale.
SELECT s.media_type || ' ' || r.tmdb_id || ', ' || s.time_window || ', ' || s.source || ' of ' || s.hour AS offender
FROM trakt.trending_snapshots AS s
JOIN trakt.trending_ranks AS r USING (snapshot_id)
LEFT JOIN trakt.trending_items AS k ON s.page_id = k.page_id AND r.tmdb_id = k.tmdb_id
LEFT JOIN streaming.trending_items AS i
    ON s.tmdb_page_id = i.page_id AND r.tmdb_id = i.tmdb_id AND 'tmdb' = any(s.sources_used)
WHERE
    s.made_at > ops.now() - interval '1 day'
    AND (
        coalesce(k.page_id, i.page_id) IS NULL
        OR r.score > s.scale
        OR r.score <> coalesce(streaming.trending_score(k.place), 0) + coalesce(streaming.trending_score(i.place), 0)
    )
ORDER BY s.hour DESC, s.snapshot_id ASC, r.rank ASC
