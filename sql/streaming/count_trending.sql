-- What an hour's snapshots hold: entries, those that are new against the snapshot before, and how old the oldest answer was.
SELECT
    count(*) AS snapshots,
    count(*) FILTER (WHERE s.is_stale) AS stale,
    coalesce(sum((SELECT count(*) FROM {schema}.trending_ranks AS r WHERE r.snapshot_id = s.snapshot_id)), 0)::integer AS entries,
    (
        SELECT count(*) FROM {schema}.trending_moves AS m WHERE m.hour = %(hour)s AND m.move = 'new'
    ) AS new_entries,
    (
        SELECT count(*)
        FROM {schema}.trending_items AS i
        WHERE
            i.problem IS NOT NULL
            AND i.page_id IN (SELECT used.page_id FROM {schema}.trending_snapshots AS used WHERE used.hour = %(hour)s)
    ) AS dropped,
    coalesce(
        round(max(extract(EPOCH FROM streaming.trending_instant(s.hour, s.made_at) - s.fetched_at)) / 3600, 3), 0
    )::double precision AS answer_age_h
FROM {schema}.trending_snapshots AS s
WHERE s.hour = %(hour)s
