-- Ends the leases that a run still holds: others need not wait until they expire.
UPDATE tmdb.refreshes SET lease = NULL, leased_by = NULL, leased_until = NULL
WHERE lease = %(lease)s
