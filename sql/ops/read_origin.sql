-- Whose data of a service the database holds.
SELECT origin FROM ops.origins WHERE service = %(service)s
