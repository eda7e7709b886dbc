-- One merge at a time; the lock goes with the transaction. The planner has no statistics of what was made a moment ago. Times within
-- cards are written as UTC's, whatever the server's zone.
SELECT pg_advisory_xact_lock(hashtext('tmdb.merge'), 0), set_config('jit', 'off', true), set_config('timezone', 'UTC', true)
