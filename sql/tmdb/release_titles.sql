-- Gives back some titles of a lease.
UPDATE tmdb.refreshes SET lease = NULL, leased_by = NULL, leased_until = NULL
WHERE lease = %(lease)s AND work_id = any(%(work_ids)s)
