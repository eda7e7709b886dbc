-- Stamps a database with the origin of a service's data, once: a later stamp changes nothing.
INSERT INTO ops.origins (service, origin, stamped_at)
VALUES (%(service)s, %(origin)s, ops.now())
ON CONFLICT (service) DO NOTHING
