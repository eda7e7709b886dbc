-- Says of every number of a source which provider it means.
UPDATE streaming.provider_ids AS i
SET provider_id = p.provider_id
FROM streaming.provider_ids AS n
LEFT JOIN streaming.provider_aliases AS a USING (source, source_id)
JOIN streaming.providers AS p ON p.key = streaming.provider_key(coalesce(a.name, n.name))
WHERE i.source = n.source AND i.source_id = n.source_id AND i.provider_id IS DISTINCT FROM p.provider_id
