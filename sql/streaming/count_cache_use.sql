-- Counts how an answer was come by: a hit, a miss, or stale.
INSERT INTO streaming.cache_uses AS u (day, rule, hits, misses, stale)
VALUES (
    (ops.now() AT TIME ZONE 'UTC')::date,
    %(rule)s,
    (%(use)s = 'hits')::integer,
    (%(use)s = 'misses')::integer,
    (%(use)s = 'stale')::integer
)
ON CONFLICT (day, rule) DO UPDATE
SET hits = u.hits + excluded.hits, misses = u.misses + excluded.misses, stale = u.stale + excluded.stale
