-- Writes where providers are to be had.
INSERT INTO streaming.provider_regions AS r (source, source_id, region, display_priority)
SELECT d.source, d.source_id, listed.region, listed.priority
FROM directory AS d
CROSS JOIN LATERAL unnest(d.regions, d.priorities) AS listed (region, priority)
ON CONFLICT (source, source_id, region) DO UPDATE SET display_priority = excluded.display_priority
WHERE r.display_priority IS DISTINCT FROM excluded.display_priority
