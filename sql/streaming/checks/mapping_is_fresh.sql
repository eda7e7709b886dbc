-- Ids that Watchmode did not confirm for three days.
SELECT 'last confirmed at ' || loads.verified_at AS offender
FROM (SELECT max(l.verified_at) AS verified_at FROM streaming.id_map_loads AS l) AS loads
WHERE loads.verified_at < ops.now() - interval '3 days'
