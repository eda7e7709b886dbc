-- Writes one budget of a service as its description says. Leaves what was used alone.
INSERT INTO ops.budgets AS b (service, period, zone, allowed)
VALUES (%(service)s, %(period)s, %(zone)s, %(allowed)s)
ON CONFLICT (service, period, zone) DO UPDATE
SET allowed = excluded.allowed
WHERE b.allowed <> excluded.allowed
