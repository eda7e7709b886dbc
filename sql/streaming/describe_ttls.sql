-- Writes how long answers count as fresh, as the settings say.
INSERT INTO streaming.ttls AS t (rule, ttl)
SELECT
    described.rule,
    described.ttl
FROM unnest(%(rules)s::text[], %(ttls)s::interval[]) AS described (rule, ttl)
ON CONFLICT (rule) DO UPDATE
SET ttl = excluded.ttl
WHERE t.ttl IS DISTINCT FROM excluded.ttl
