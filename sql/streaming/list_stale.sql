-- The jobs of streaming whose newest outcome is past its time to live, longer than their schedules need to see to it.
WITH clock AS MATERIALIZED (
    SELECT ops.now() AS at
)

SELECT 'trending' AS job
FROM clock
WHERE
    %(tmdb)s AND NOT EXISTS (
        SELECT FROM streaming.trending_snapshots AS s
        JOIN streaming.ttls AS t ON t.rule = 'aggregated_trending'
        WHERE s.source = 'aggregated' AND NOT s.is_stale AND s.made_at + t.ttl + interval '15 minutes' > clock.at
    )
UNION ALL
SELECT 'streaming_reference'
FROM clock
WHERE
    (
        %(watchmode)s AND NOT EXISTS (
            SELECT FROM streaming.id_map_loads AS l
            JOIN streaming.ttls AS t ON t.rule = 'id_map'
            WHERE l.verified_at + t.ttl + interval '2 hours' > clock.at
        )
    )
    OR (
        %(tmdb)s AND NOT EXISTS (
            SELECT FROM streaming.newest_answers AS a
            WHERE a.rule = 'tmdb_reference' AND a.expires_at + interval '2 hours' > clock.at
        )
    )
UNION ALL
SELECT 'availability'
FROM clock
WHERE
    EXISTS (
        SELECT FROM tmdb.contents AS c
        LEFT JOIN streaming.tmdb_offers AS o USING (work_id)
        WHERE o.content_hash IS DISTINCT FROM c.content_hash AND c.changed_at < clock.at - interval '90 minutes'
    )
    OR (
        %(watchmode)s
        AND EXISTS (SELECT FROM streaming.watchmode_queue AS q WHERE q.place = 1)
        AND EXISTS (SELECT FROM streaming.watchmode_units AS u HAVING min(u.remaining_this_hour) > 0)
        AND NOT EXISTS (
            SELECT FROM streaming.watchmode_titles AS t WHERE t.asked_at > clock.at - interval '3 hours'
        )
    )
UNION ALL
SELECT 'coming_soon'
FROM clock
WHERE NOT EXISTS (
    SELECT FROM streaming.coming_soon_merges AS m
    JOIN streaming.ttls AS t ON t.rule = 'coming_soon'
    WHERE m.made_at + t.ttl + interval '2 hours' > clock.at
)
