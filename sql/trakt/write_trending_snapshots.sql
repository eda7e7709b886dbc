-- Makes the snapshots of hours from the newest page of each list at the instants that they are of: Trakt's, and the aggregate of TMDB
-- and Trakt, which says whose lists took part. A title's popularity is TMDB's.
WITH asked AS (
    SELECT
        a.hour, a.made_at, a.ttls, streaming.trending_instant(a.hour, a.made_at) AS at,
        (a.ttls ->> 'tmdb_trending')::interval AS tmdb_ttl, (a.ttls ->> 'trakt_trending')::interval AS trakt_ttl,
        (a.ttls ->> 'aggregated_trending')::interval AS aggregate_ttl
    FROM unnest(%(hours)s::timestamptz[], %(made_ats)s::timestamptz[], %(ttls)s::jsonb[]) AS a (hour, made_at, ttls)
),

used AS (
    SELECT
        a.*, k.media_type, k.time_window, k.page_id, k.fetched_at, m.page_id AS tmdb_page_id, m.fetched_at AS tmdb_fetched_at,
        k.fetched_at + a.trakt_ttl <= a.at AS is_stale, coalesce(m.fetched_at + a.tmdb_ttl <= a.at, false) AS tmdb_is_stale
    FROM asked AS a
    CROSS JOIN LATERAL trakt.trending_pages(a.at) AS k
    LEFT JOIN LATERAL (
        SELECT p.page_id, p.fetched_at
        FROM streaming.trending_pages(a.at) AS p
        WHERE
            p.media_type = k.media_type AND p.time_window = k.time_window
            AND EXISTS (SELECT FROM streaming.trending_items AS i WHERE i.page_id = p.page_id AND i.tmdb_id IS NOT NULL)
    ) AS m ON true
    WHERE EXISTS (SELECT FROM trakt.trending_items AS i WHERE i.page_id = k.page_id AND i.tmdb_id IS NOT NULL)
),

made AS (
    INSERT INTO trakt.trending_snapshots (
        hour, media_type, time_window, source, made_at, fetched_at, expires_at, page_id, tmdb_page_id, is_stale, sources_used, scale, ttls
    )
    SELECT
        u.hour, u.media_type, u.time_window, told.source, u.made_at, told.fetched_at, told.expires_at, u.page_id, u.tmdb_page_id,
        told.is_stale, told.sources_used, 50 * cardinality(told.sources_used), u.ttls
    FROM used AS u
    CROSS JOIN LATERAL (
        VALUES
        ('trakt', u.fetched_at, u.fetched_at + u.trakt_ttl, u.is_stale, ARRAY['trakt']),
        (
            'aggregated', least(u.fetched_at, u.tmdb_fetched_at), u.at + u.aggregate_ttl, u.is_stale OR u.tmdb_is_stale,
            CASE WHEN u.tmdb_page_id IS NULL THEN ARRAY['trakt'] ELSE ARRAY['tmdb', 'trakt'] END
        )
    ) AS told (source, fetched_at, expires_at, is_stale, sources_used)
    RETURNING snapshot_id, source, page_id, tmdb_page_id
),

listed AS (
    SELECT m.snapshot_id, m.tmdb_page_id, i.tmdb_id, streaming.trending_score(i.place) AS score
    FROM made AS m
    JOIN trakt.trending_items AS i USING (page_id)
    WHERE i.tmdb_id IS NOT NULL
    UNION ALL
    SELECT m.snapshot_id, m.tmdb_page_id, i.tmdb_id, streaming.trending_score(i.place)
    FROM made AS m
    JOIN streaming.trending_items AS i ON m.tmdb_page_id = i.page_id
    WHERE m.source = 'aggregated' AND i.tmdb_id IS NOT NULL
),

summed AS (
    SELECT l.snapshot_id, l.tmdb_page_id, l.tmdb_id, sum(l.score) AS score
    FROM listed AS l
    GROUP BY l.snapshot_id, l.tmdb_page_id, l.tmdb_id
)

INSERT INTO trakt.trending_ranks (snapshot_id, rank, tmdb_id, score)
SELECT
    s.snapshot_id,
    row_number() OVER (PARTITION BY s.snapshot_id ORDER BY s.score DESC, i.popularity DESC NULLS LAST, s.tmdb_id ASC),
    s.tmdb_id,
    s.score
FROM summed AS s
LEFT JOIN streaming.trending_items AS i ON s.tmdb_page_id = i.page_id AND s.tmdb_id = i.tmdb_id
