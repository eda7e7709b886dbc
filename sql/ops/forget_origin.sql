-- Takes the stamp of a service whose data was removed as a whole.
DELETE FROM ops.origins WHERE service = %(service)s
