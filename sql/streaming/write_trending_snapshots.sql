-- Makes the snapshots of hours from the newest page of each list at the instants that they are of. The aggregate is of TMDB alone:
-- no other source may be published.
WITH asked AS (
    SELECT
        a.hour, a.made_at, a.ttls, streaming.trending_instant(a.hour, a.made_at) AS at,
        (a.ttls ->> 'tmdb_trending')::interval AS tmdb_ttl, (a.ttls ->> 'aggregated_trending')::interval AS aggregate_ttl
    FROM unnest(%(hours)s::timestamptz[], %(made_ats)s::timestamptz[], %(ttls)s::jsonb[]) AS a (hour, made_at, ttls)
),

made AS (
    INSERT INTO streaming.trending_snapshots (
        hour, media_type, time_window, source, made_at, fetched_at, expires_at, page_id, is_stale, sources_used, scale, ttls
    )
    SELECT
        a.hour, p.media_type, p.time_window, told.source, a.made_at, p.fetched_at, told.expires_at, p.page_id,
        p.fetched_at + a.tmdb_ttl <= a.at, ARRAY['tmdb'], 50, a.ttls
    FROM asked AS a
    CROSS JOIN LATERAL streaming.trending_pages(a.at) AS p
    CROSS JOIN LATERAL (
        VALUES ('tmdb', p.fetched_at + a.tmdb_ttl), ('aggregated', a.at + a.aggregate_ttl)
    ) AS told (source, expires_at)
    WHERE EXISTS (SELECT FROM streaming.trending_items AS i WHERE i.page_id = p.page_id AND i.tmdb_id IS NOT NULL)
    RETURNING snapshot_id, page_id
)

INSERT INTO streaming.trending_ranks (snapshot_id, rank, tmdb_id, score)
SELECT
    m.snapshot_id,
    row_number() OVER (
        PARTITION BY m.snapshot_id ORDER BY streaming.trending_score(i.place) DESC, i.popularity DESC NULLS LAST, i.tmdb_id ASC
    ),
    i.tmdb_id,
    streaming.trending_score(i.place)
FROM made AS m
JOIN streaming.trending_items AS i USING (page_id)
WHERE i.tmdb_id IS NOT NULL
