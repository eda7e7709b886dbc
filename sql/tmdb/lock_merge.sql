-- One merge at a time; the lock goes with the transaction. The planner has no statistics of what was made a moment ago.
SELECT pg_advisory_xact_lock(hashtext('tmdb.merge'), 0), set_config('jit', 'off', true)
