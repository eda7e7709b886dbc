-- The jobs of streaming whose newest outcome, or an answer it rests on, is past its time to live, longer than their schedules need to see to it.
-- A clock that was ahead leaves times of the future, which say nothing.
WITH clock AS MATERIALIZED (
    SELECT
        ops.now() AS at,
        ops.now() + interval '1 minute' AS soon,
        interval '5 minutes' AS quick
),

rules AS MATERIALIZED (
    SELECT
        t.rule,
        t.ttl
    FROM streaming.ttls AS t
),

lists AS (  -- the newest usable answer of each list of what is trending
    SELECT
        p.service,
        p.rule,
        p.media_type,
        p.time_window,
        max(p.sent_at) AS sent_at
    FROM (
        SELECT s.service, s.rule, s.media_type, s.time_window, s.sent_at, s.status, s.problem
        FROM streaming.pages AS s WHERE s.endpoint = 'trending'
        UNION ALL
        SELECT k.service, k.rule, k.media_type, k.time_window, k.sent_at, k.status, k.problem
        FROM trakt.pages AS k WHERE k.endpoint = 'trending'
    ) AS p
    CROSS JOIN clock
    WHERE p.problem IS NULL AND p.status = 200 AND p.sent_at <= clock.soon AND p.sent_at > clock.at - interval '30 days'
    GROUP BY p.service, p.rule, p.media_type, p.time_window
),

snapshots AS (  -- and what was made of them
    SELECT
        s.media_type,
        s.time_window,
        max(s.made_at) AS made_at
    FROM streaming.trending_snapshots AS s
    CROSS JOIN clock
    WHERE s.source = 'aggregated' AND s.made_at <= clock.soon AND s.made_at > clock.at - interval '30 days'
    GROUP BY s.media_type, s.time_window
)

SELECT 'trending' AS job
FROM clock
WHERE
    (
        %(tmdb)s AND (
            SELECT count(*) FROM lists AS l INNER JOIN rules AS r USING (rule)
            WHERE l.service = 'tmdb' AND l.sent_at + r.ttl + clock.quick > clock.at
        ) < 4
    )
    OR (
        %(trakt)s AND (
            SELECT count(*) FROM lists AS l INNER JOIN rules AS r USING (rule)
            WHERE l.service = 'trakt' AND l.sent_at + r.ttl + clock.quick > clock.at
        ) < 4
    )
    OR (
        %(tmdb)s AND (
            SELECT count(*) FROM snapshots AS s INNER JOIN rules AS r ON r.rule = 'aggregated_trending'
            WHERE s.made_at + r.ttl + 3 * clock.quick > clock.at
        ) < 4
    )
UNION ALL
SELECT 'streaming_reference'
FROM clock
WHERE
    (
        %(watchmode)s AND NOT EXISTS (
            SELECT FROM streaming.id_map_loads AS l  -- one that was refused is not asked for again before a day is over
            INNER JOIN rules AS r ON r.rule = 'id_map'
            WHERE l.loaded_at + r.ttl + interval '2 hours' > clock.at AND l.loaded_at <= clock.soon
        )
    )
    OR (
        %(tmdb)s AND NOT EXISTS (
            SELECT FROM streaming.newest_answers AS a
            WHERE a.rule = 'tmdb_reference' AND a.expires_at + interval '2 hours' > clock.at AND a.confirmed_at <= clock.soon
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
WHERE
    NOT EXISTS (
        SELECT FROM streaming.coming_soon_merges AS m
        INNER JOIN rules AS r ON r.rule = 'coming_soon'
        WHERE m.made_at + r.ttl + interval '2 hours' > clock.at AND m.made_at <= clock.soon
    )
    OR EXISTS (  -- what the newest merge was made for, where nobody told it since
        SELECT FROM (SELECT m.regions FROM streaming.coming_soon_merges AS m ORDER BY m.merge_id DESC LIMIT 1) AS newest
        CROSS JOIN LATERAL (
            SELECT
                'upcoming' AS endpoint,
                asked.region
            FROM unnest(newest.regions) AS asked (region)
            WHERE %(tmdb)s
            UNION ALL
            SELECT
                'releases',
                'US'
            WHERE %(watchmode)s
        ) AS asked
        INNER JOIN rules AS r ON r.rule = 'coming_soon'
        WHERE NOT EXISTS (
            SELECT FROM streaming.pages AS p
            WHERE
                p.endpoint = asked.endpoint AND p.region = asked.region AND p.problem IS NULL AND p.status = 200
                AND p.sent_at + r.ttl + clock.quick > clock.at AND p.sent_at <= clock.soon
        )
    )
