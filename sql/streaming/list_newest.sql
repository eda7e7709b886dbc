-- When each job of streaming last had an outcome to show; null: never. Changes nothing.
SELECT
    'trending' AS job,
    (SELECT max(s.made_at) FROM streaming.trending_snapshots AS s) AS newest_at
UNION ALL
SELECT
    'streaming_reference',
    least(
        (SELECT max(l.verified_at) FROM streaming.id_map_loads AS l),
        (SELECT max(p.sent_at) FROM streaming.pages AS p WHERE p.endpoint = 'watch_providers' AND p.problem IS NULL)
    )
UNION ALL
SELECT
    'availability',
    (SELECT max(t.asked_at) FROM streaming.watchmode_titles AS t)
UNION ALL
SELECT
    'coming_soon',
    (SELECT max(m.made_at) FROM streaming.coming_soon_merges AS m)
