-- Writes a service's pace as its description says. Leaves its slots and its rest alone.
INSERT INTO ops.pace AS p (service, interval_s, rest_s, slow_s, timeout_s, closest)
VALUES (%(service)s, %(interval_s)s, %(rest_s)s, %(slow_s)s, %(timeout_s)s, %(closest)s)
ON CONFLICT (service) DO UPDATE
SET interval_s = excluded.interval_s, rest_s = excluded.rest_s,
    slow_s = excluded.slow_s, timeout_s = excluded.timeout_s, closest = excluded.closest
WHERE (p.interval_s, p.rest_s, p.slow_s, p.timeout_s, p.closest)
IS DISTINCT FROM (excluded.interval_s, excluded.rest_s, excluded.slow_s, excluded.timeout_s, excluded.closest)
